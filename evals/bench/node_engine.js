// Runs a hand-written mapping on the payloads of a file of NDJSON.
// Usage: node node_engine.js MAPPING FILE
// Answers every line of standard input with one line of JSON: "check" with the outputs, "time"
// with the seconds per payload of a lap, from bytes to bytes and from values to values.
"use strict";

const fs = require("node:fs");
const readline = require("node:readline");

const { BASELINES, overBytes } = require("./baselines.js");

const PASSES = 10; // a lap is long enough for the caches to be warm again after the wait

function takeLap(run, items) {
  let empty = 0;
  const start = process.hrtime.bigint();
  for (let pass = 0; pass < PASSES; pass++) {
    for (const item of items) if (run(item) === undefined) empty += 1;
  }
  const taken = Number(process.hrtime.bigint() - start) / 1e9;
  if (empty > 0) throw new Error("a mapping gave nothing");
  return taken / (PASSES * items.length);
}

function readBodies(file) {
  const lines = fs.readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => Buffer.from(line, "utf8"));
}

function main(mapping, file) {
  const map = BASELINES[mapping];
  const run = overBytes(map);
  const bodies = readBodies(file);
  const payloads = bodies.map((body) => JSON.parse(body.toString("utf8")));
  const answers = {
    check: () => bodies.map((body) => JSON.parse(run(body).toString("utf8"))),
    time: () => ({ bytes: takeLap(run, bodies), values: takeLap(map, payloads) }),
  };
  readline.createInterface({ input: process.stdin }).on("line", (question) => {
    console.log(JSON.stringify(answers[question]()));
  });
}

const [mapping, file] = process.argv.slice(2);
main(mapping, file);
