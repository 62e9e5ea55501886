# Switching a container, and putting the old one back; stands behind reading.sh.
words() {
    repository=$1 url=$2 operation=$3 issued=$4 digest=$5 version=$6 publish=$7 container_port=$8
    env_file=$9 deadline=${10} grace=${11} pull=${12} candidate=${13} keep=${14} limit=${15}
    undoing=${16}
    flags=("${@:17}")
    word "$operation"
    local value
    for value in "$issued" "$container_port" "$deadline" "$grace" "$pull" "$keep" "$limit" "$undoing"; do
        number "$value"
    done
    for value in "${flags[@]}"; do
        [[ $value == --[a-z]* ]] || refuse 64 "not an option"
    done
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || refuse 64 "not a digest"
    here=$state/$operation reference=$repository@$digest
    prev=$name-prev-$operation cand=$name-cand-$operation old='' touched='' stopping='' idle='' why=''
}

start() {
    words "$@"
    begin switch "$@"
}

# ACTION WORD…: begins it, once for each operation, and leaves it behind.
begin() {
    local doing=$1 tool before
    shift
    for tool in curl docker flock setsid timeout awk; do
        command -v "$tool" >/dev/null || refuse 69 "the host has no $tool"
    done
    [[ -z $env_file || -r $env_file ]] || refuse 69 "$env_file cannot be read"
    mkdir -p "$here" && [[ -O $state ]] || refuse 69 "$state cannot be written"

    exec 9>>"$lock"
    if ! flock -w 1 9; then
        [[ -e $here/begun ]] || refuse 75 "$(holder) is at work there"
        cat "$here/before"
        exit 0
    fi
    exec 8>>"$here/gate"
    flock 8
    if [[ -e $here/begun ]]; then
        cat "$here/before"
        exit 0
    fi
    [[ ! -e $here/void ]] || ((issued >= $(<"$here/void"))) || refuse 74 "it was given up before it began"
    before=$(id_of "$name") || silent
    [[ $before ]] || before=$(previous | head -n 1)
    describe ${before:+"$before"} >"$here/before"
    echo "$operation" >"${lock%/*}/holder"
    : >"$here/begun"
    exec 8>&-
    # The lock goes along as descriptor 9, and is free when the last of them has ended.
    setsid timeout -k "$undoing" "$limit" \
        bash -c "$BASH_EXECUTION_STRING" gonogo "$doing" "$name" "$@" </dev/null >"$here/log" 2>&1 &
    cat "$here/before"
}

result() { # CODE TEXT
    say "$2 ($1)"
    printf '%s\n%s\n' "$1" "$2" >"$here/result.new"
    mv "$here/result.new" "$here/result"
}

# From here on nothing cuts it off. The client of Docker listens to SIGTERM though we do not, and the
# group is told so twice by `timeout`: it gets a group of its own, and no lock, as a kill spares it.
undisturbed() {
    trap '' HUP INT TERM
    docker() { setsid docker "$@" 9>&-; }
}

finish() { # CODE TEXT
    undisturbed
    [[ -z ${cand:-} || -z $(id_of "$cand") ]] || docker rm -f "$cand" >/dev/null
    result "$@"
    exit
}

# CODE TEXT, while nothing was changed yet: what did not run when it began is started.
unchanged() {
    [[ $idle ]] || finish "$@"
    say "starting the old container again"
    docker start "$name" >/dev/null
    healthy "$name" "$url" '' ||
        finish 30 "$2; what ran before was started again and is not healthy: $why"
    finish "$1" "$2; what ran before had ended, and was started again"
}

# NAME PUBLISH FLAG…: its container, or why there is none.
run() {
    local as=$1 at=$2
    shift 2
    docker run -d --name "$as" --restart unless-stopped -p "$at" ${env_file:+--env-file "$env_file"} \
        --label "deploy.run=$operation" --label "deploy.version=$version" \
        --label "deploy.config=$config" "${flags[@]}" "$@" "$reference" 2>&1
}

fingerprint() { # of all that makes two containers of one image differ
    { [[ -z $env_file ]] || cat "$env_file"
      printf '%s\0' "$publish" "$container_port" "$env_file" "${flags[@]}"; } | sha256sum | cut -d ' ' -f 1
}

# URL VERSION: whether it answers, and as that version at the top of its JSON.
answers() {
    local said
    said=$(page "$1") || return 1
    [[ $2 ]] || return 0
    said=$(tr -d ' \t\r\n' <<<"$said" | sed -e ':a' -e 's/\(.\){[^{}]*}/\1/;ta')
    [[ $said == *"\"version\":\"$2\""* || $said == *"\"version\":\"${2#v}\""* ]] && return 0
    why="it answers, but not as $2"
    return 1
}

# NAME URL VERSION: waits until it is healthy; otherwise `why` says what it was.
healthy() {
    local end=$((SECONDS + deadline)) seen first=''
    why="it did not answer within $deadline s"
    while :; do
        seen=$(docker inspect --type container -f '{{.State.Status}} {{.RestartCount}}' "$1" 2>&1)
        first=${first:-$seen}
        if [[ $seen != running\ * || $seen != "$first" ]]; then
            why="its container ended"
            return 1
        fi
        answers "$2" "$3" && return 0
        ((SECONDS <= end)) || return 1
        sleep 0.2
    done
}

last_words() { [[ -z $(id_of "$1") ]] || docker logs --tail 20 "$1" 2>&1 | hide; }

# Looks before it removes: only with the old container set aside may the new one go.
# 0: the old one runs again; 1: it does not; 2: there was none.
restore() {
    undisturbed
    local try
    if [[ $(id_of "$prev") ]]; then
        say "putting the old container back"
        for try in 1 2 3; do # the engine may still be making what an interrupted `run` asked for
            [[ -z $(id_of "$name") ]] || docker rm -f "$name" >/dev/null
            docker rename "$prev" "$name" && break
            sleep 0.5
        done
    elif [[ -z $old ]]; then
        [[ $(docker inspect -f '{{index .Config.Labels "deploy.run"}}' "$name" 2>/dev/null) != "$operation" ]] || docker rm -f "$name" >/dev/null
        return 2
    fi
    # An engine that was told to stop it does so, whether or not somebody still waits for that.
    [[ -z $stopping ]] || docker stop -t "$grace" "$name" >/dev/null
    docker start "$name" >/dev/null
    [[ $(id_of "$name") == "$old" ]] || { why="it could not be given its name back"; return 1; }
    healthy "$name" "$url" ''
}

failed() { # WHY, after the old container was touched
    local reason=$1
    say "$reason"
    last_words "$name"
    restore
    case $? in
        0) finish 21 "$reason; what ran before runs again" ;;
        1) finish 30 "$reason; what ran before was put back and is not healthy: $why" ;;
        *) finish 30 "$reason; nothing ran before, and nothing runs now" ;;
    esac
}

interrupted() {
    undisturbed
    say "interrupted"
    [[ $touched ]] || unchanged 20 "it was interrupted before anything was changed"
    restore
    case $? in
        0) finish 20 "it was interrupted; what ran before runs" ;;
        1) finish 30 "it was interrupted; what ran before was put back and is not healthy: $why" ;;
        *) finish 30 "it was interrupted; nothing ran before, and nothing runs now" ;;
    esac
}

fetch() { # `found` is the image's id then
    local said
    if found=$(docker image inspect -f '{{.Id}}' "$reference" 2>/dev/null); then
        say "the image is on the host"
    else
        say "pulling $reference"
        said=$(timeout --foreground "$pull" docker pull -q "$reference" 2>&1) ||
            unchanged 10 "the image could not be pulled: $(one_line <<<"$said")"
        found=$(docker image inspect -f '{{.Id}}' "$reference")
    fi
}

switch() {
    local said at found older
    words "$@"
    echo "$PPID" >"$here/group"
    trap interrupted HUP INT TERM
    config=$(fingerprint)

    say "looking"
    for found in $(docker ps -a --filter "name=^/?$pattern-cand-" --format '{{.Names}}'); do
        docker rm -f "$found" >/dev/null # left behind by one that was killed
    done
    old=$(id_of "$name") || finish 13 "Docker does not answer"
    if [[ -z $old ]] && found=$(previous | head -n 1) && [[ $found ]]; then
        say "putting back $found, left behind by one that was killed"
        docker rename "$found" "$name"
        old=$(id_of "$name")
    fi
    [[ -z $old || $(docker inspect -f '{{.State.Status}}' "$name" 2>/dev/null) == running ]] || idle=yes

    fetch
    said=$(docker inspect --type container -f '{{.State.Status}} {{.Image}} {{index .Config.Labels "deploy.config"}}' "$name" 2>/dev/null)
    if [[ $said == "running $found $config" ]] &&
        answers "$url" "$version"; then
        finish 0 "it runs already"
    fi

    if [[ $candidate == yes ]]; then
        say "trying it beside the old one"
        said=$(run "$cand" "127.0.0.1::$container_port" --restart=no) ||
            unchanged 11 "a candidate could not be started: $(one_line <<<"$said")"
        at=$(docker port "$cand" "$container_port/tcp" 2>/dev/null | head -n 1)
        if ! healthy "$cand" "http://$at/${url#http://*/}" "$version"; then
            last_words "$cand"
            unchanged 12 "the candidate failed: $why"
        fi
        docker rm -f "$cand" >/dev/null
    fi

    touched=yes # from here on production changes
    if [[ $old ]]; then
        say "setting the old container aside"
        said=$(docker rename "$name" "$prev" 2>&1) ||
            unchanged 13 "the old container could not be renamed: $(one_line <<<"$said")"
        say "stopping it"
        stopping=yes
        said=$(docker stop -t "$grace" "$prev" 2>&1) || failed "the old container did not stop: $(one_line <<<"$said")"
    fi
    say "starting the new container"
    said=$(run "$name" "$publish:$container_port") || failed "it could not be started: $(one_line <<<"$said")"
    say "waiting until it is healthy"
    healthy "$name" "$url" "$version" || failed "$why"

    undisturbed
    say "healthy"
    # Else a restart of the machine might bring the old one back.
    [[ -z $old ]] || docker update --restart=no "$prev" >/dev/null
    mapfile -t older < <(previous | tail -n "+$((keep + 1))")
    ((${#older[@]} == 0)) || docker rm -f "${older[@]}" >/dev/null
    find "$state" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
    finish 0 "it runs and is healthy"
}

case $action in
    look | logs | watch | resolve | start | switch | watch_job | find_job | start_job | job) "$action" "$@" ;;
    *) exit 64 ;;
esac
