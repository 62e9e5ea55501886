
# Running a command of an image once, beside the container; stands behind reading.sh.
#
#   watch_job NAME OPERATION ENV_FILE                    reads only
#   find_job  NAME OPERATION ENV_FILE ISSUED             the same; what has not begun will not begin
#   start_job (the words of `job`)                       begins a job that outlives the connection
#   job       NAME REPOSITORY OPERATION ISSUED DIGEST ENV_FILE PULL LIMIT FLAGS FLAG… WORD…
#                                                        only `start_job` calls it
#
# Its container is called NAME-job-OPERATION and has the operation as a label. A job keeps nobody
# from switching: the lock in its folder is its own. It is never stopped from here: what changes a
# database is not to be cut off.
job_words() {
    repository=$1 operation=$2 issued=$3 digest=$4 env_file=$5 pull=$6 limit=$7
    word "$operation"
    local value
    for value in "$issued" "$pull" "$limit" "$8"; do
        number "$value"
    done
    shift 8
    value=$((10#$value))
    ((value <= $#)) || refuse 64 "not so many options"
    flags=("${@:1:value}") command=("${@:value+1}")
    for value in "${flags[@]}"; do
        [[ $value == --[a-z]* ]] || refuse 64 "not an option"
    done
    ((${#command[@]})) || refuse 64 "not a command"
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || refuse 64 "not a digest"
    here=$state/$operation reference=$repository@$digest task=$name-job-$operation
    lock=$here/lock undoing=10 idle=''
}

start_job() {
    job_words "$@"
    begin job "$@"
}

jobs_of() { docker ps -a --no-trunc --quiet --filter "label=deploy.job=$1" 2>/dev/null; }
standing() { docker inspect --type container -f '{{.State.Status}} {{.State.ExitCode}}' "$1" 2>/dev/null; }
output() { docker logs --tail 40 "$1" 2>&1 | hide | cut -c 1-1000; }

job() {
    local said code found
    job_words "$@"
    echo "$PPID" >"$here/group"
    fetch
    say "running ${command[*]}"
    if ! said=$(docker run -d --name "$task" --label "deploy.job=$operation" \
        ${env_file:+--env-file "$env_file"} "${flags[@]}" --restart=no "$reference" "${command[@]}" 2>&1); then
        # Only an engine that answers knows that there is none, and what began cannot be removed.
        until found=$(jobs_of "$operation"); do sleep 1; done
        if [[ -z $found ]] || { [[ $(standing "$found") == created* ]] && docker rm "$found" >/dev/null; }; then
            tell 11 "it could not be started: $(one_line <<<"$said")"
        fi
    fi
    # Without a result, who asks looks at the container itself.
    code=$(docker wait "$task") && [[ $code =~ ^[0-9]+$ ]] || exit 0
    output "$task"
    if ((code == 0)); then
        tell 0 "it ended well"
    fi
    tell 31 "it ended with $code: $(output "$task" | grep -v '^ *$' | tail -n 1 | cut -c 1-300)"
}

tell() { # CODE TEXT: the end of a job
    result "$@"
    [[ -z $(id_of "$task") ]] || docker rm "$task" >/dev/null
    exit
}

watch_job() {
    local found
    word "$1"
    lock=$state/$1/lock env_file=$2
    progress "$1"
    if [[ $begun && -z $held && -z $result ]]; then # it was killed, but not what it began
        found=$(jobs_of "$1") || silent
        part task; [[ -z $found ]] || standing "$found" || silent
        part log; [[ -z $found ]] || output "$found"
        return 0
    fi
    part log; tail -n 40 "$here/log" 2>/dev/null | cut -c 1-1000
    return 0
}

find_job() {
    lock=$state/$1/lock
    give_up "$1" "$3"
    watch_job "$1" "$2"
}
