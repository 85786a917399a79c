#!/usr/bin/env bash
#
# Builds the images without a container engine and renders with the servers inside them. Runs as root on Debian 12:
#   bash deploy/verify.sh [--without-blender] [--nodes-only]
#
#   1. checks compose.yaml against the Compose schema, makes debian:bookworm-slim with debootstrap, and the images with
#      buildah, all in a storage of its own,
#   2. checks what the images say: user, health check, labels,
#   3. starts three nodes, and has them render 20 frames between them,
#   4. starts an orchestrator, and has it render 20 frames,
#   5. starts PostgreSQL, of Debian, and two orchestrators that share it, kills the one that leads with SIGKILL in the
#      middle of a job, and has the other one finish it; starts the killed one again, and hands the lead back to it,
#   6. runs the images' health checks, looks for their bills of materials, and stops all with SIGTERM.
#
# --nodes-only leaves 4 and 5 and the worker's image out. The servers run as compose.yaml has them run: read-only root file system, tmpfs for /tmp, no capabilities, no new
# privileges.
#
# With --without-blender the node's image has none, and the test pattern renders: less to download, the same otherwise.
# Needs the standalone jars and their bills of materials (mvn -B -DskipTests package, not offline) and the network. Takes its ports as they are free, and leaves
# nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly NODES=3 FRAMES=20 FRAMES_OF_TWO=60 RENDER_UID=10001
readonly NODE_JAR=render-node-server/target/render-node-server-standalone.jar
readonly WORKER_JAR=render-worker/target/render-worker-standalone.jar
readonly ORCHESTRATOR_JAR=render-orchestrator-server/target/render-orchestrator-server-standalone.jar

blender=true
orchestrator=true
for argument in "$@"; do
    case "$argument" in
        --without-blender) blender=false ;;
        --nodes-only) orchestrator=false ;;
        *) echo "verify.sh: unknown argument '$argument': --without-blender and --nodes-only are known" >&2; exit 2 ;;
    esac
done

scratch="$(mktemp -d)"
declare -A runner=() # name of a server: the process of buildah that runs it
declare -A container=()
declare -A port=()
declare -A health_port=()

step() {
    printf '\n=== %s (%ss) ===\n' "$*" "$SECONDS"
}

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

in_storage() {
    TMPDIR="$scratch" buildah --root "$scratch/storage" --runroot "$scratch/run" "$@"
}

# process_of RUNNER NAME: the process of a server, which is the descendant of its runner with that name.
process_of() {
    local parent="$1" child
    for child in $(ps -o pid= --ppid "$parent"); do
        if [[ "$(ps -o comm= -p "$child")" == "$2" ]]; then
            printf '%s' "$child"
            return
        fi
        process_of "$child" "$2"
    done
}

# A process and all that it has started, itself first.
tree_of() {
    local child
    printf '%s\n' "$1"
    for child in $(ps -o pid= --ppid "$1"); do
        tree_of "$child"
    done
}

# Kills what this script started, stopped processes too, and takes its files away. After a failure the logs tell more.
clean_up() {
    local code=$? name trees=()
    trap '' INT TERM
    set +e
    for name in "${!runner[@]}"; do
        ((code == 0)) || { printf -- '--- the end of the log of %s\n' "$name"; tail -n 20 "$scratch/$name.log"; } >&2
        mapfile -t -O "${#trees[@]}" trees < <(tree_of "${runner[$name]}")
    done
    exec 2>/dev/null # what follows has nothing to tell: processes that are killed, storage that is taken down
    ((${#trees[@]} == 0)) || kill -KILL "${trees[@]}"
    wait
    in_storage rm --all >/dev/null 2>&1
    in_storage rmi --all --force >/dev/null 2>&1
    ! mountpoint -q "$scratch/storage/overlay" || umount "$scratch/storage/overlay"
    rm -rf --one-file-system "$scratch"
    exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

install_tools() {
    local missing=() package
    for package in buildah debootstrap curl ffmpeg procps python3-venv; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    ((${#missing[@]} == 0)) && return
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# The schema comes with the program that checks.
check_compose_file() {
    python3 -m venv "$scratch/python"
    "$scratch/python/bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0
    "$scratch/python/bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/compose.yaml \
        || fail "deploy/compose.yaml is no Compose file"
}

# The base that a registry would give, from Debian's own archive.
make_base() {
    local base root
    base="$(in_storage from scratch)"
    root="$(in_storage mount "$base")"
    debootstrap --variant=minbase bookworm "$root" >"$scratch/debootstrap.log" \
        || { tail -n 20 "$scratch/debootstrap.log" >&2; fail "debootstrap made no base"; }
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
    in_storage umount "$base" >/dev/null
    in_storage commit --quiet --rm --format docker "$base" localhost/debian:bookworm-slim >/dev/null
}

build() {
    local image="$1" file="$2"
    shift 2
    in_storage bud --isolation chroot --network host --format docker --pull-never --quiet \
        --build-arg BASE=localhost/debian:bookworm-slim "$@" -f "$file" -t "$image" . >"$scratch/build.log" 2>&1 \
        || { tail -n 40 "$scratch/build.log" >&2; fail "$file does not build"; }
    in_storage images --format '{{.Name}}: {{.Size}}' "$image"
}

of_image() {
    in_storage inspect --type image --format "{{$2}}" "localhost/$1"
}

check_image() {
    local image="$1"
    [[ "$(of_image "$image" .Docker.Config.User)" == "$RENDER_UID:$RENDER_UID" ]] || fail "$image has another user"
    [[ "$(of_image "$image" .Docker.Config.StopSignal)" == SIGTERM ]] || fail "$image is stopped by another signal"
    [[ "$(of_image "$image" 'index .Docker.Config.Entrypoint 0')" == java ]] || fail "$image does not start java itself"
    [[ "$(of_image "$image" 'index .Docker.Config.Labels "org.opencontainers.image.title"')" == RenderFleet* ]] \
        || fail "$image has no title"
    [[ "$(of_image "$image" 'index .Docker.Config.Healthcheck.Test 0')" == CMD-SHELL ]] || fail "$image has no health check"
    echo "$image: user, signal, entry point, label and health check as they should be"
}

# A port that nobody listens on.
free_port() {
    local candidate
    while true; do
        candidate=$((20000 + RANDOM % 12000))
        [[ -z "${taken[$candidate]:-}" ]] && ! (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null && break
    done
    taken[$candidate]=yes
    found_port="$candidate"
}
declare -A taken=()

# What the kernel says of a server's process: who it is, what it may do, and how it sees its root and /tmp.
check_confined() {
    local name="$1" process="$2" uid="$3" status="/proc/$2/status" mounts="/proc/$2/mountinfo"
    [[ "$(awk '/^Uid:/ { print $2 $3 $4 $5 }' "$status")" == "$uid$uid$uid$uid" ]] \
        || fail "$name runs as another user"
    [[ "$(awk '/^Cap(Inh|Prm|Eff|Bnd):/ { print $2 }' "$status" | sort -u)" == 0000000000000000 ]] \
        || fail "$name has capabilities"
    [[ "$(awk '/^NoNewPrivs:/ { print $2 }' "$status")" == 1 ]] || fail "$name could get new privileges"
    awk '$5 == "/" { options = $6 } END { exit options !~ /^ro(,|$)/ }' "$mounts" || fail "$name can write to its root"
}

# run_confined NAME UID OPTION… -- ARGUMENT…: runs a program as compose.yaml has it run, its output in the log of NAME.
run_confined() {
    local name="$1" uid="$2" options=()
    shift 2
    while [[ "$1" != -- ]]; do
        options+=("$1")
        shift
    done
    shift
    # buildah cannot make the root read-only by itself: a root process of ours does so, and then becomes the server.
    : >"$scratch/$name.log"
    in_storage run --isolation chroot --network host --user 0:0 --cap-add CAP_SYS_ADMIN \
        --mount type=tmpfs,destination=/tmp "${options[@]}" "$name" -- \
        sh -c 'mount -o remount,bind,ro / && exec setpriv --reuid "$0" --regid "$0" --clear-groups --inh-caps=-all \
            --bounding-set=-all --no-new-privs -- "$@"' "$uid" "$@" >"$scratch/$name.log" 2>&1 &
    runner[$name]=$!
}

# await_line NAME EXPRESSION: waits until the log of a server has such a line.
await_line() {
    local name="$1" deadline=$((SECONDS + 120))
    until grep -qE "$2" "$scratch/$name.log"; do
        kill -0 "${runner[$name]}" 2>/dev/null || { cat "$scratch/$name.log" >&2; fail "$name did not go on"; }
        ((SECONDS < deadline)) || { cat "$scratch/$name.log" >&2; fail "$name did not say '$2' within 2 minutes"; }
        sleep 0.2
    done
}

# start NAME IMAGE PREFIX VOLUME… -- VARIABLE=VALUE…: starts a server and waits until it says that it listens, or that
# it stands by. Keeps the port where the server had one before.
start() {
    local name="$1" image="$2" prefix="$3" options=() entrypoint variable
    shift 3
    while [[ "$1" != -- ]]; do
        options+=(--volume "$1")
        shift
    done
    shift
    [[ -n "${port[$name]:-}" ]] || { free_port; port[$name]="$found_port"; }
    [[ -n "${health_port[$name]:-}" ]] || { free_port; health_port[$name]="$found_port"; }
    for variable in "${prefix}_PORT=${port[$name]}" "${prefix}_HEALTH_PORT=${health_port[$name]}" "${prefix}_TOKEN_FILE=/run/secrets/token" \
        "${prefix}_INSECURE_HTTP=true" "$@"; do
        options+=(--env "$variable")
    done
    [[ -n "${container[$name]:-}" ]] \
        || container[$name]="$(in_storage from --pull-never --name "$name" "localhost/$image")"
    mapfile -t entrypoint < <(of_image "$image" 'range .Docker.Config.Entrypoint}}{{println .}}{{end' | sed '/^$/d')
    run_confined "$name" "$RENDER_UID" --volume "$scratch/token:/run/secrets/token:ro" "${options[@]}" \
        -- "${entrypoint[@]}"
    await_line "$name" '(listening|standing by) on http://'
    check_confined "$name" "$(process_of "${runner[$name]}" java)" "$RENDER_UID"
    echo "$name: $(grep -oE '(listening|standing by) on http://.*' "$scratch/$name.log" | tail -n 1)"
}

# Installs Debian's PostgreSQL, makes a database, and serves it to who knows the password.
start_postgres() {
    local program=/usr/lib/postgresql/15/bin mounts=() uid
    in_storage from --pull-never --name postgres localhost/debian:bookworm-slim >/dev/null
    in_storage run --isolation chroot --network host --user 0:0 postgres -- sh -c '
        mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
            -o Dpkg::Options::=--force-confold postgresql-15' >"$scratch/build.log" 2>&1 \
        || { tail -n 40 "$scratch/build.log" >&2; fail "PostgreSQL cannot be installed"; }
    uid="$(in_storage run --isolation chroot postgres -- id -u postgres)"
    install -d -o "$uid" -g "$uid" "$scratch/postgres"
    mounts=(--volume "$scratch/postgres:/data" --volume "$scratch/store-password:/run/secrets/store-password:ro")
    run_confined postgres "$uid" "${mounts[@]}" -- "$program/initdb" --pgdata /data --username renderfleet \
        --pwfile /run/secrets/store-password --auth scram-sha-256 --data-checksums
    wait "${runner[postgres]}" || { cat "$scratch/postgres.log" >&2; fail "initdb failed"; }
    free_port
    port[postgres]="$found_port"
    run_confined postgres "$uid" "${mounts[@]}" -- "$program/postgres" -D /data -p "$found_port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp
    await_line postgres 'ready to accept connections'
    check_confined postgres "$(process_of "${runner[postgres]}" postgres)" "$uid"
    # The image that compose.yaml takes makes a database by itself.
    in_storage run --isolation chroot --network host "${mounts[@]}" postgres -- sh -c '
        PGPASSWORD="$(cat /run/secrets/store-password)" psql -q -h 127.0.0.1 -p "$0" -U renderfleet -d postgres \
            -c "create database renderfleet"' "$found_port"
    echo "PostgreSQL listens on $found_port"
}

# start_one_of_two NAME
start_one_of_two() {
    [[ -n "${port[$1]:-}" ]] || { free_port; port[$1]="$found_port"; }
    start "$1" renderfleet-orchestrator RENDER_ORCHESTRATOR "$scratch/output:/output" \
        "$scratch/store-password:/run/secrets/store-password:ro" -- "${orchestrator_variables[@]}" \
        "RENDER_ORCHESTRATOR_STORE=jdbc:postgresql://127.0.0.1:${port[postgres]}/renderfleet" \
        RENDER_ORCHESTRATOR_STORE_USER=renderfleet \
        RENDER_ORCHESTRATOR_STORE_PASSWORD_FILE=/run/secrets/store-password \
        "RENDER_ORCHESTRATOR_ADVERTISE=http://localhost:${port[$1]}"
}

# await_lead NAME SECONDS
await_lead() {
    local began=$SECONDS
    until [[ "$(call "${port[$1]}" /health/ready -o "$scratch/ready" -w '%{http_code}' 2>/dev/null)" == 200 ]]; do
        ((SECONDS - began <= $2)) || fail "$1 does not lead after $2s"
        sleep 0.2
    done
    echo "$1 leads, after $((SECONDS - began))s at most $((SECONDS - began + 1))s"
}

published() {
    find "$scratch/output/$1" -maxdepth 1 -name '*.png' 2>/dev/null | wc -l
}

# kill_in_the_middle NAME JOB: kills a server once some frames of the job are there, and not all.
kill_in_the_middle() {
    local process deadline=$((SECONDS + 300)) count
    process="$(process_of "${runner[$1]}" java)"
    until (($(published "$2") >= FRAMES_OF_TWO / 6)); do
        ((SECONDS < deadline)) || fail "$2 has no frames after 5 minutes"
        sleep 0.05
    done
    kill -KILL "$process"
    wait "${runner[$1]}" || true
    unset "runner[$1]"
    count="$(published "$2")"
    ((count < FRAMES_OF_TWO)) || fail "$2 had all frames before $1 was killed"
    echo "$1, process $process, was killed when $count of $FRAMES_OF_TWO frames were there"
}

# call PORT PATH CURL-ARGUMENT…
call() {
    local at="$1" path="$2"
    shift 2
    curl -sS --max-time 60 -H "@$scratch/authorization" "$@" "http://localhost:$at$path"
}

# submit PORT PATH BODY: the path that the answer's Location names.
submit() {
    local location
    call "$1" "$2" -X POST -H 'Content-Type: application/json' -d "$3" -i -o "$scratch/answer"
    grep -q '^HTTP/1.1 202' "$scratch/answer" || { cat "$scratch/answer" >&2; fail "POST $2 was not accepted"; }
    grep -qi '^Retry-After: [0-9]' "$scratch/answer" || fail "POST $2 was answered without Retry-After"
    location="$(sed -n 's/^Location: *//Ip' "$scratch/answer" | tr -d '\r')"
    [[ -n "$location" ]] || fail "POST $2 was answered without Location"
    printf '/%s' "${location#*://*/}" | sed 's#^//#/#'
}

# await PORT PATH: waits for 200, and for a job that is completed.
await() {
    local status deadline=$((SECONDS + 600))
    while true; do
        status="$(call "$1" "$2" -o "$scratch/status" -w '%{http_code}' -H 'Accept: text/plain' -H 'Prefer: wait=10')" \
            || fail "GET $2 was not answered"
        [[ "$status" == 202 ]] || break
        ((SECONDS < deadline)) || fail "$2 has not ended after 10 minutes"
        sleep 0.5
    done
    [[ "$status" == 200 && "$(cat "$scratch/status")" == "Job completed"* ]] \
        || fail "$2 ended with $status, $(cat "$scratch/status")"
}

# fetch PORT PATH FROM TO FOLDER
fetch() {
    local frame
    mkdir -p "$5"
    for ((frame = $3; frame <= $4; frame++)); do
        call "$1" "$2/frames/$frame" --fail -o "$5/$frame.png" || fail "$2 gives no frame $frame"
    done
}

# check_frames FOLDER COUNT
check_frames() {
    local frame told count=0
    for frame in "$1"/*.png; do
        told="$(ffprobe -v error -err_detect crccheck+bitstream+explode -count_frames \
            -show_entries stream=codec_name,nb_read_frames -of csv=p=0 "$frame" 2>&1)" || true
        [[ "$told" == "png,1" ]] || fail "$frame can't be decoded: $told"
        count=$((count + 1))
    done
    ((count == $2)) || fail "expected $2 frames, found $count"
    echo "$count frames, each of them decoded"
}

check_health() {
    local name="$1" image="$2" test
    test="$(of_image "$image" 'index .Docker.Config.Healthcheck.Test 1')"
    in_storage run --isolation chroot --network host --env "$3_HEALTH_PORT=${health_port[$name]}" "$name" -- sh -c "$test" \
        || fail "$name is not healthy"
    in_storage run --isolation chroot "$name" -- grep -q CycloneDX "/opt/renderfleet/sbom/render-${image#renderfleet-}.cdx.json" \
        || fail "$image has no bill of materials"
    echo "$name is healthy, and has its bill of materials"
}

# 143 is the exit code of a JVM that has ended in good order after SIGTERM.
stop() {
    local name="$1" began=$SECONDS code=0 process
    process="$(process_of "${runner[$name]}" java)"
    kill -TERM "$process"
    while kill -0 "$process" 2>/dev/null; do
        ((SECONDS - began < 60)) || fail "$name has not stopped a minute after SIGTERM"
        sleep 0.2
    done
    wait "${runner[$name]}" || code=$?
    unset "runner[$name]"
    ((code == 143)) || fail "$name ended with $code after SIGTERM"
    ! grep -qF "$token" "$scratch/$name.log" || fail "$name has logged the token"
    echo "$name stopped after SIGTERM within $((SECONDS - began + 1))s"
}

[[ "$(id -u)" == 0 ]] || fail "only root can build a base with debootstrap"
[[ -f "$NODE_JAR" && -f "$ORCHESTRATOR_JAR" && -f "$WORKER_JAR" ]] || fail "no standalone jars: run mvn -B -DskipTests package first"

step "Programs"
install_tools

step "compose.yaml"
check_compose_file

step "debian:bookworm-slim"
make_base

step "Images"
node_arguments=()
$blender || node_arguments=(--build-arg BLENDER_PACKAGES=)
build renderfleet-node deploy/Dockerfile.node "${node_arguments[@]}"
check_image renderfleet-node
if $orchestrator; then
    build renderfleet-orchestrator deploy/Dockerfile.orchestrator
    check_image renderfleet-orchestrator
    build renderfleet-worker deploy/Dockerfile.worker "${node_arguments[@]}"
    check_image renderfleet-worker
fi

token="$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
printf '%s\n' "$token" >"$scratch/token"
printf 'Authorization: Bearer %s\n' "$token" >"$scratch/authorization"
mkdir "$scratch/scenes"
cp examples/scene/orbit.blend "$scratch/scenes/shot.blend"
install -d -o "$RENDER_UID" -g "$RENDER_UID" "$scratch/output"

step "Nodes"
renderer=test-pattern
render=(RENDER_NODE_ENGINE=test-pattern)
if $blender; then
    renderer=blender
    render=(RENDER_NODE_SCENE=/scenes/shot.blend)
fi
nodes=()
for ((n = 1; n <= NODES; n++)); do
    install -d -o "$RENDER_UID" -g "$RENDER_UID" "$scratch/node-$n"
    start "node-$n" renderfleet-node RENDER_NODE "$scratch/scenes:/scenes:ro" "$scratch/output:/output" \
        "$scratch/node-$n:/var/lib/render-node" -- "RENDER_NODE_NODE_ID=node-$n" \
        RENDER_NODE_SHARED_OUTPUT=/output "${render[@]}"
    nodes+=("http://localhost:${port[node-$n]}")
done
[[ "$(curl -s -o /dev/null -w '%{http_code}' "http://localhost:${port[node-1]}/node")" == 401 ]] \
    || fail "node-1 answers without a token"

step "$FRAMES frames from the nodes themselves"
declare -A first=() last=() job=()
for ((n = 1; n <= NODES; n++)); do
    first[$n]=$(((n - 1) * FRAMES / NODES + 1))
    last[$n]=$((n * FRAMES / NODES))
    job[$n]="$(submit "${port[node-$n]}" /job \
        "{\"from\": ${first[$n]}, \"to\": ${last[$n]}, \"settings\": {\"width\": 160, \"height\": 90, \"samples\": 4}}")"
done
for ((n = 1; n <= NODES; n++)); do
    await "${port[node-$n]}" "${job[$n]}"
    fetch "${port[node-$n]}" "${job[$n]}" "${first[$n]}" "${last[$n]}" "$scratch/from-nodes"
done
check_frames "$scratch/from-nodes" "$FRAMES"

if $orchestrator; then
    orchestrator_variables=(
        "RENDER_ORCHESTRATOR_NODES=$(IFS=,; printf '%s' "${nodes[*]}")"
        RENDER_ORCHESTRATOR_NODE_TOKEN_FILE=/run/secrets/token
        RENDER_ORCHESTRATOR_SHARED_OUTPUT=/output "RENDER_ORCHESTRATOR_RENDERER=$renderer")

    step "$FRAMES frames through the orchestrator"
    start orchestrator renderfleet-orchestrator RENDER_ORCHESTRATOR "$scratch/output:/output" -- \
        "${orchestrator_variables[@]}"
    status_path="$(submit "${port[orchestrator]}" /render "{\"from\": 1, \"to\": $FRAMES}")"
    await "${port[orchestrator]}" "$status_path"
    fetch "${port[orchestrator]}" "/jobs/${status_path##*/}" 1 "$FRAMES" "$scratch/from-orchestrator"
    check_frames "$scratch/from-orchestrator" "$FRAMES"
    check_health orchestrator renderfleet-orchestrator RENDER_ORCHESTRATOR
    stop orchestrator

    step "PostgreSQL"
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$scratch/store-password"
    start_postgres

    step "$FRAMES_OF_TWO frames through two orchestrators, of which one is killed"
    start_one_of_two orchestrator-1
    await_lead orchestrator-1 10
    start_one_of_two orchestrator-2
    redirected="$(call "${port[orchestrator-2]}" /nodes -o "$scratch/answer" -w '%{http_code} %{redirect_url}')"
    [[ "$redirected" == "307 http://localhost:${port[orchestrator-1]}/nodes" ]] \
        || fail "the one that stands by does not send to the one that leads: $redirected"
    # Pictures that take a while, so that there is a middle.
    picture='"width": 1920, "height": 1080'
    ! $blender || picture='"width": 160, "height": 90, "samples": 4'
    status_path="$(submit "${port[orchestrator-1]}" /render \
        "{\"from\": 1, \"to\": $FRAMES_OF_TWO, \"batchSize\": 4, \"settings\": {$picture}}")"
    kill_in_the_middle orchestrator-1 "${status_path##*/}"
    await_lead orchestrator-2 10
    await "${port[orchestrator-2]}" "$status_path"
    fetch "${port[orchestrator-2]}" "/jobs/${status_path##*/}" 1 "$FRAMES_OF_TWO" "$scratch/from-two"
    check_frames "$scratch/from-two" "$FRAMES_OF_TWO"

    step "The lead, handed back"
    start_one_of_two orchestrator-1
    check_health orchestrator-1 renderfleet-orchestrator RENDER_ORCHESTRATOR
    check_health orchestrator-2 renderfleet-orchestrator RENDER_ORCHESTRATOR
    stop orchestrator-2
    await_lead orchestrator-1 5
    await "${port[orchestrator-1]}" "$status_path"
    ! grep -qF "$(cat "$scratch/store-password")" "$scratch"/orchestrator-*.log || fail "a log has the password"
    stop orchestrator-1
    kill -INT "$(process_of "${runner[postgres]}" postgres)"
    wait "${runner[postgres]}" || fail "PostgreSQL has not stopped in good order"
    unset "runner[postgres]"
fi

step "Health, files, SIGTERM"
for name in "${!runner[@]}"; do
    [[ "$name" == node-* ]] || continue
    check_health "$name" renderfleet-node RENDER_NODE
    stop "$name"
done

step "All checks passed"
