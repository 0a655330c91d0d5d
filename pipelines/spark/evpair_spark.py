#!/usr/bin/env python3
"""Summarises a fleet's exports on Apache Spark: the same pair lines as one run of evpair over all of them.

    spark-submit evpair_spark.py --inputs inputs.txt --output pairs.ndjson [--evpair COMMAND] [-- OPTIONS OF evpair ...]

`inputs.txt` names one input a line: paths that every executor sees, or URLs (hdfs://, s3a:// ...), which each task copies
to its own disk with `hadoop fs -copyToLocal` while it reads them. Every task pipes its inputs' names into
`evpair summarize --partial --inputs-from -` (RDD.pipe) and gives the lines of a partial ledger; these are merged as a
tree by `evpair merge --partial -`, so that no process reads them all but the last.

A partial ledger names its inputs by (path, range, size) and a merge counts each of them once: a task that Spark runs
twice (a lost executor, speculation) changes nothing. The results are the lines of `evpair INPUTS...`, byte for byte.
"""
import argparse
import shlex
import subprocess
import sys

# Exit status 1 says that some input could not be read whole: a result, told in the run line. Anything above it fails the
# task, and Spark tries it again. A URL's copy keeps the URL's path below the folder, so that --input-root names it.
READ = r"""
folder=$(mktemp -d) || exit 5
trap 'rm -rf "$folder"' EXIT
while IFS= read -r input; do
  case $input in
    *://*)
      local=$folder/${input#*://}
      mkdir -p "$(dirname "$local")" && ${EVPAIR_HADOOP_FS:-hadoop fs} -copyToLocal "$input" "$local" >&2 || exit 5
      printf '%s\n' "$local" >>"$folder/.fetched" ;;
    *) printf '%s\n' "$input" >>"$folder/.shared" ;;
  esac
done
status=0
if [ -f "$folder/.shared" ]; then
  "$@" --inputs-from "$folder/.shared" || status=$?
  [ "$status" -le 1 ] || exit "$status"
fi
if [ -f "$folder/.fetched" ]; then
  "$@" --input-root "$folder" --inputs-from "$folder/.fetched" || status=$?
  [ "$status" -le 1 ] || exit "$status"
fi
"""

MERGE = r"""
"$@" - || { status=$?; [ "$status" -le 1 ] || exit "$status"; }
"""

# These belong to summarising, after the last merge; everything else that is passed on changes what is read.
SUMMARISING = {"--gap", "--min-count", "--values", "--fail-on", "--output-format", "--schema"}


def parse_arguments(argv):
    at = argv.index("--") if "--" in argv else len(argv)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", required=True, help="file that names one input a line")
    parser.add_argument("--output", required=True, help="file for the pair lines and the run line")
    parser.add_argument("--evpair", default="evpair", help="the command on every executor (default: evpair)")
    parser.add_argument("--tasks", type=int, default=0, help="reading tasks (default: one an input, at most 10,000)")
    parser.add_argument("--fan-in", type=int, default=16, help="partial ledgers that a merging task takes (default: 16)")
    options = parser.parse_args(argv[:at])
    if options.fan_in < 2:
        parser.error("--fan-in must be at least 2")
    reading, summarising = split_options(argv[at + 1 :])
    return options, reading, summarising


def split_options(passed_on):
    reading, summarising, group = [], [], []
    for word in passed_on:
        if word.startswith("-"):
            group = summarising if word.split("=", 1)[0] in SUMMARISING else reading
        group.append(word)
    return reading, summarising


def pipe(lines, script, command):
    return lines.pipe(shlex.join(["sh", "-c", script, "evpair", *command]), checkCode=True)


def merge_here(lines, command, output):
    """The last merge, on the driver: lines go in as they come from the cluster, the summary goes to `output`."""
    with open(output, "wb") as file:
        merging = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file)
        for line in lines:
            merging.stdin.write(line.encode("utf-8") + b"\n")
        merging.stdin.close()
        status = merging.wait()
    if status > 1:
        sys.exit(f"evpair merge ended with {status}")


def main(argv):
    from pyspark.sql import SparkSession

    options, reading, summarising = parse_arguments(argv)
    evpair = shlex.split(options.evpair)
    with open(options.inputs, encoding="utf-8") as file:
        inputs = [line.rstrip("\r\n") for line in file if line.strip()]
    if not inputs:
        sys.exit(f"{options.inputs} names no input")

    spark = SparkSession.builder.appName("evpair").getOrCreate()
    tasks = min(len(inputs), options.tasks or 10_000)
    lines = pipe(
        spark.sparkContext.parallelize(inputs, tasks), READ, [*evpair, "summarize", "--partial", "--quiet", *reading]
    )
    while lines.getNumPartitions() > options.fan_in:
        # A shuffle between the rounds: merging tasks do not read their inputs again when one of them is lost.
        fewer = -(-lines.getNumPartitions() // options.fan_in)
        lines = pipe(in_groups(lines, fewer), MERGE, [*evpair, "merge", "--partial", "--quiet"])
    merge_here(
        lines.toLocalIterator(),
        [*evpair, "merge", "--quiet", "--output-format", "ndjson", *summarising, "-"],
        options.output,
    )
    spark.stop()


def in_groups(lines, groups):
    """The partitions gathered into fewer ones, each partition's lines whole and in order."""
    return (
        lines.mapPartitionsWithIndex(lambda index, part: [(index % groups, (index, list(part)))])
        .groupByKey(groups, lambda key: key)
        .flatMap(lambda group: (line for _, part in sorted(group[1], key=lambda each: each[0]) for line in part))
    )


if __name__ == "__main__":
    main(sys.argv[1:])
