#!/usr/bin/env bash
# Runs the study of a page again, and replaces the tables and figures of the page.
#
#   docs/systems/renew.sh captions|shakespeare|homework3|cs336|pico-llm|recipe [--sample] [OPTIONS OF THE STUDY]
#
# --sample takes small models and the sample captions in place of the text of the study.
# Runs that the folder of results has already are not repeated, so a study that was stopped continues, and a page whose
# form alone changed is renewed in seconds. DATA is the folder of the texts, as "nanogpt data" writes them (default: data);
# RESULTS that of the results (default: target/studies/PAGE, or target/studies/PAGE-sample).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

page=${1:-}
shift || true
data=${DATA:-data}
case "$page" in
    captions) study=CaptionsStudy verb=captions file=captions.json ;;
    shakespeare) study=ShakespeareStudy verb=tiny-shakespeare file=tiny-shakespeare.txt ;;
    homework3) study=Homework3 verb=tiny-shakespeare file=tiny-shakespeare.txt ;;
    cs336) study=Cs336 verb=tiny-shakespeare file=tiny-shakespeare.txt ;;
    recipe) study=RecipeStudy verb=captions file=captions.json page_file=docs/recipe.md ;;
    pico-llm) study=PicoLlm verb=tiny-shakespeare file=tiny-shakespeare.txt ;;
    *)
        echo "usage: docs/systems/renew.sh captions|shakespeare|homework3|cs336|pico-llm|recipe [--sample] [OPTIONS OF THE STUDY]" >&2
        exit 2
        ;;
esac
text=(--data "$data/$file")
results=target/studies/$page
if [[ ${1:-} == --sample ]]; then
    shift
    text=()
    results+=-sample
elif [[ ! -e "$data/$file" ]]; then
    echo "$data/$file is missing; get it with: nanogpt data $verb --out $data/$file" >&2
    exit 2
fi
jar=nanogpt-examples/target/nanogpt.jar
[[ -e "$jar" ]] || mvn -B -q -DskipTests -Dinvoker.skip -pl nanogpt-examples -am package

exec java -cp "$jar" "io.nanogpt.examples.systems.$study" "${text[@]}" \
    --out "${RESULTS:-$results}" --page "${page_file:-docs/systems/$page.md}" "$@"
