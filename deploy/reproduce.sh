#!/usr/bin/env bash
#
# Builds all jars twice from the commit that is checked out, and compares them byte for byte: in two fresh clones, in folders of different
# length, with different time zones, languages and rights of new files. Whoever builds a release again can so tell that it came from this source.
#
#   bash deploy/reproduce.sh [OPTION-OF-MAVEN …]
#
# A umask that takes the right to read from others, such as 077, shows in jars: use 022 or 002. Offline (-o) the jars have no bills of materials.
# Tests are neither built nor run. Needs what the build needs, and twice the room of its target folders.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

[[ -z "$(git status --porcelain --untracked-files=no)" ]] || fail "there are changes that are not committed: they would not be built"
commit="$(git rev-parse HEAD)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# build FOLDER TIME-ZONE UMASK LANGUAGE OPTION-OF-MAVEN…
build() {
    local folder="$1" zone="$2" mask="$3" language="$4"
    shift 4
    git clone --quiet --no-hardlinks . "$folder"
    git -C "$folder" checkout --quiet "$commit"
    (
        cd "$folder"
        umask "$mask"
        export TZ="$zone" LC_ALL="$language" LANG="$language"
        mvn -q -B "$@" -Dmaven.test.skip=true -Djacoco.skip -Dspotless.check.skip -Dcheckstyle.skip package
    ) || fail "the build in $folder"
}

# jars FOLDER: the digests of all jars, by their names.
jars() {
    (cd "$1" && find . -path '*/target/*.jar' -not -name 'original-*' -print0 | sort -z | xargs -0 -r sha256sum)
}

build "$scratch/one" UTC 022 C.UTF-8 "$@"
build "$scratch/another/folder/with a longer name" Pacific/Auckland 002 C "$@"
jars "$scratch/one" >"$scratch/first"
jars "$scratch/another/folder/with a longer name" >"$scratch/second"
[[ -s "$scratch/first" ]] || fail "no jars were built"
if ! diff "$scratch/first" "$scratch/second" >"$scratch/differences"; then
    cat "$scratch/differences" >&2
    kept="$(mktemp -d)"
    mv "$scratch/one" "$scratch/another" "$kept"
    fail "jars differ; both builds are in $kept"
fi
echo "$(wc -l <"$scratch/first") jars of commit $commit are the same in both builds"
