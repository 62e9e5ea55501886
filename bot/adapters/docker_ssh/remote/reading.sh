# What gonogo runs on a Docker host: this text, running.sh and switching.sh behind it, by `bash -c`, with
# everything else as "$1", "$2" …
#
#   look    NAME REPOSITORY REFERENCE URL ENV_FILE       reads only
#   logs    NAME LINES SINCE ENV_FILE                    reads only
#   watch   NAME REPOSITORY URL OPERATION                reads only
#   resolve NAME REPOSITORY URL OPERATION ISSUED         the same; what has not begun will not begin
#   start   (the words of `switch`)                      begins a switch that outlives the connection
#   switch  NAME REPOSITORY URL OPERATION ISSUED DIGEST VERSION PUBLISH CONTAINER_PORT ENV_FILE
#           DEADLINE GRACE PULL CANDIDATE KEEP LIMIT UNDOING FLAG…     only `start` calls it
#
# An operation has a folder in the user's own state: `begun`, `before`, `log`, `result` and the
# process `group`. Two locks: `lock` is held while a container is being switched (or, by one of its
# own, while a job runs), `gate` for the moment in which an operation begins or is given up.
trap '' PIPE # a lost connection must not end us in the middle of a restore
set -u -o pipefail
umask 077
export LC_ALL=C

action=$1 name=$2
shift 2
state=${XDG_STATE_HOME:-$HOME/.local/state}/gonogo/$name
lock=$state/lock env_file=''
pattern=${name//./\\.} # in the regular expressions of `docker ps`

refuse() { # CODE TEXT: nothing was changed
    printf '%s\n' "$2"
    exit "$1"
}
# Names become paths, and bash calculates with whatever stands in a number: neither may be more.
word() { [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$ ]] || refuse 64 "not a name"; }
number() { [[ $1 =~ ^[0-9]{1,15}$ ]] || refuse 64 "not a number"; }
word "$name"

part() { printf '== %s\n' "$1"; }
say() { printf '%s %s\n' "$(date -u +%FT%TZ)" "$*"; }
one_line() { tr '\n' ' ' | cut -c 1-600; }
silent() { refuse 70 "Docker does not answer: $(docker version -f '{{.Server.Version}}' 2>&1 | one_line)"; }
# NAME: the container's id, nothing when there is none; fails only when Docker does not answer.
id_of() { docker ps -a --no-trunc --quiet --filter "name=^/?${1//./\\.}\$" 2>/dev/null; }
previous() { docker ps -a --filter "name=^/?$pattern-prev-" --format '{{.Names}}'; } # newest first

# Its variables may hold secrets that its log repeats.
hide() {
    if [[ ! -r $env_file ]]; then
        cat
        return
    fi
    awk -v file="$env_file" '
        BEGIN {
            while ((getline line < file) > 0) {
                at = index(line, "="); value = substr(line, at + 1)
                named = toupper(substr(line, 1, at - 1))
                if (named ~ /TOKEN|SECRET|PASS|KEY|DSN|CRED|AUTH|URL|URI/ && length(value) >= 8)
                    hidden[value]
            }
        }
        {
            for (value in hidden) {
                told = ""
                while (at = index($0, value)) {
                    told = told substr($0, 1, at - 1) "[redacted]"
                    $0 = substr($0, at + length(value))
                }
                $0 = told $0
            }
            print
        }'
}

# CONTAINER… and their images, one JSON object a line; never their variables.
describe() {
    local found images
    part containers
    (($#)) || return 0
    found=$(docker inspect --type container -f '{"id":{{json .Id}},"name":{{json .Name}},"image":{{json .Image}},"status":{{json .State.Status}},"started":{{json .State.StartedAt}},"labels":{{json .Config.Labels}},"ports":{{json .HostConfig.PortBindings}},"binds":{{json .HostConfig.Binds}},"network":{{json .HostConfig.NetworkMode}},"restart":{{json .HostConfig.RestartPolicy.Name}}}' "$@" 2>/dev/null) ||
        docker version >/dev/null 2>&1 || silent # a candidate may be gone by now, and that is well
    printf '%s\n' "$found"
    mapfile -t images < <(sed -n 's/.*"image":"\(sha256:[0-9a-f]*\)".*/\1/p' <<<"$found")
    part images
    describe_images "${images[@]}"
}
describe_images() {
    (($#)) || return 0
    docker image inspect -f '{"id":{{json .Id}},"digests":{{json .RepoDigests}},"tags":{{json .RepoTags}},"created":{{json .Created}},"labels":{{json .Config.Labels}}}' "$@" 2>/dev/null
}
describe_all() {
    local found ours
    found=$(docker ps -a --no-trunc --quiet --filter "name=^/?$pattern(-prev-.*|-cand-.*)?\$" 2>/dev/null) || silent
    mapfile -t ours <<<"$found"
    describe ${found:+"${ours[@]}"}
}

# Its page on one line, which stands behind a space wherever it is told: it is no heading.
page() { curl -fsS -m 2 --noproxy '*' --url "$1" 2>/dev/null | head -c 65536 | tr -d '\r\n'; }

# Who holds the lock, which only `begin` takes for itself; empty when nobody does.
holder() {
    [[ -e $lock ]] || return 0
    flock -sn "$lock" true || cat "${lock%/*}/holder" 2>/dev/null || echo somebody
}

look() {
    local repository=$1 reference=$2 url=$3 env_file=$4 tool images said plain=()
    part time; date +%s
    part missing
    for tool in curl docker flock setsid timeout awk; do command -v "$tool" >/dev/null || echo "$tool"; done
    part holder; holder
    part disk; df -Pk "$(docker info -f '{{.DockerRootDir}}' 2>/dev/null)" 2>/dev/null | tail -n 1
    part env_file; [[ -z $env_file || -r $env_file ]] || echo unreadable
    part page; ! said=$(page "$url") || printf 'answers\n %s\n' "$said"
    describe_all
    part images
    mapfile -t images < <(docker image ls --no-trunc --quiet --filter "reference=$repository")
    describe_images "${images[@]}"
    [[ $reference ]] || return 0
    part wanted
    # A registry on the host itself is asked without TLS by its engine, so it is here.
    [[ ! $repository =~ ^(127\.|localhost[:/]) ]] || plain=(--insecure)
    if docker image inspect "$reference" >/dev/null 2>&1; then
        echo host
    elif timeout 10 docker manifest inspect "${plain[@]}" "$reference" 2>&1 >/dev/null | one_line; then
        echo registry
    fi
    return 0
}

logs() {
    local lines=$1 since=$2 env_file=$3
    number "$lines"
    docker logs --tail "$lines" ${since:+--since "$since"} "$name" 2>&1 | hide | cut -c 1-1000
}

# OPERATION: how far it is, by what it wrote down.
progress() {
    here=$state/$1
    # Told at its end, without being asked all the time; what takes longer tells its step meanwhile.
    [[ -e $here/result || ! -e $here/begun ]] || flock -sw 2 "$lock" true
    # The lock before the result: what ends in between shows a result, and not that it was killed.
    held=$(holder)
    result=$(cat "$here/result" 2>/dev/null)
    begun=''
    [[ ! -e $here/begun ]] || begun=yes
    part holder; echo "$held"
    part result; echo "$result"
    part begun; echo "$begun"
}

watch() {
    local url=$2 said
    word "$3"
    progress "$3"
    if [[ $begun && -z $held && -z $result ]]; then # it was killed: what has it left behind?
        part time; date +%s
        part page; ! said=$(page "$url") || printf 'answers\n %s\n' "$said"
        describe_all
    fi
    sed 's/^== /== before_/' "$here/before" 2>/dev/null
    part log; tail -n 40 "$here/log" 2>/dev/null | cut -c 1-1000
    return 0
}

give_up() { # OPERATION ISSUED: unless it has begun
    local here=$state/$1 issued=$2
    word "$1"
    number "$issued"
    mkdir -p "$here" || exit 69
    exec 8>>"$here/gate"
    flock 8
    [[ -e $here/begun ]] || echo "$issued" >"$here/void"
    exec 8>&-
}

resolve() {
    give_up "$3" "$4"
    watch "$@"
}

