// The output of one block while its rows run.

function emit(x, room) {
  if (x instanceof Real) return x.value;
  if (x instanceof Instant) fail("a date", "write iso_date(d), iso_datetime(d) or to_epoch(d)");
  if (x instanceof Table) fail("a table", "give it text keys, or read it with at(table, key)");
  if (x === MISSING) fail("a missing value within a value");
  if (typeof x !== "object" || x === null) return checkScalar(x);
  if (room <= 0) fail(`an output nested more than ${MAX_DEPTH} deep`);
  if (Array.isArray(x)) return x.map((item) => emit(item, room - 1));
  const made = {};
  for (const key of Object.keys(x)) put(made, checkScalar(key), emit(x[key], room - 1));
  return made;
}

function pointer(steps) {
  return steps.map((step) => "/" + (step === "*" ? "~2" : String(step).replace(/~/g, "~0").replace(/\//g, "~1"))).join("");
}

class Output {
  constructor(base) {
    this.base = base;
    this.whole = MISSING;
  }
  take() {
    return this.whole === MISSING ? {} : this.whole;
  }
  write(keys, value) {
    return named("write", () => this.set(keys, value), []);
  }
  set(keys, value) {
    if (value === MISSING) return this.remove(keys);
    const room = MAX_DEPTH - keys.length - this.base.length;
    if (room < 0) fail(`a target more than ${MAX_DEPTH} deep`);
    return this.place(keys, emit(value, room));
  }
  place(keys, emitted) {
    if (keys.length === 0) {
      this.whole = emitted;
    } else {
      put(named("write", () => this.parent(keys), []), keys[keys.length - 1], emitted);
    }
    return true;
  }
  parent(keys) {
    if (this.whole === MISSING || this.whole === null) this.whole = {};
    let node = this.whole;
    for (let depth = 0; depth < keys.length - 1; depth++) {
      this.requireObject(node, keys.slice(0, depth));
      if (!has(node, keys[depth]) || node[keys[depth]] === null) put(node, keys[depth], {});
      node = node[keys[depth]];
    }
    return this.requireObject(node, keys.slice(0, -1));
  }
  requireObject(node, keys) {
    if (isObject(node)) return node;
    return fail(`${describe(node)} at ${pointer([...this.base, ...keys]) || "the root"}, where a field is to be written`);
  }
  remove(keys) {
    if (keys.length === 0) {
      this.whole = MISSING;
      return false;
    }
    let node = this.whole;
    for (const key of keys.slice(0, -1)) node = isObject(node) && has(node, key) ? node[key] : null;
    if (isObject(node)) delete node[keys[keys.length - 1]];
    return false;
  }
}

function blockObject(found) {
  if (isObject(found)) return found;
  return failed("with", `${describe(found)}, not an object`);
}

function blockArray(found, depth) {
  if (!Array.isArray(found)) failed("each", `${describe(found)}, not an array`, "put it in [...]");
  if (depth >= MAX_DEPTH) failed("each", `an output more than ${MAX_DEPTH} deep`);
  return found;
}

function eachItem(value) {
  return named("each", checkScalar, [value]);
}

function itemKey(value) {
  return value === MISSING ? value : named("key", () => checkScalar(textOf(value)), [value]);
}

// Copies. A place of the contract is [fields, other fields, first items, other items]: numbers of
// other places, where null is "not declared" and 0 is the place at which everything is.
function fieldPlace(places, place, key) {
  if (place === 0) return 0;
  const [fields, others] = places[place];
  return has(fields, key) ? fields[key] : others;
}

function itemPlace(places, place, index) {
  if (place === 0) return 0;
  const [, , first, others] = places[place];
  return index < first.length ? first[index] : others;
}

function placeAt(places, steps) {
  let place = places.root;
  for (const step of steps) {
    if (place === null) return null;
    place = typeof step === "number" ? itemPlace(places, place, step) : fieldPlace(places, place, step);
  }
  return place;
}

function names(token, key) {
  return token === "*" || (token === "~2" ? "*" : token) === key;
}

function isExcluded(excluded, key) {
  return excluded.some((tokens) => tokens.length === 1 && names(tokens[0], key));
}

function below(excluded, key) {
  return excluded.filter((tokens) => tokens.length > 1 && names(tokens[0], key)).map((tokens) => tokens.slice(1));
}

function project(places, value, place, excluded) {
  if (Array.isArray(value)) {
    const items = [];
    value.forEach((item, index) => {
      const key = String(index);
      if (!isExcluded(excluded, key)) {
        items.push(project(places, item, itemPlace(places, place, index), below(excluded, key)));
      }
    });
    return items;
  }
  if (!isObject(value)) return value;
  const made = {};
  for (const key of Object.keys(value)) {
    const inner = fieldPlace(places, place, key);
    if (inner !== null && !isExcluded(excluded, key)) put(made, key, project(places, value[key], inner, below(excluded, key)));
  }
  return made;
}

function copy(places, output, keys, found, excluded) {
  if (found === MISSING) return;
  const place = placeAt(places, [...output.base, ...keys]);
  if (place === null) return;
  if (found === null) {
    output.write(keys, null);
    return;
  }
  if (!isObject(found)) failed("copy", `${describe(found)}, not an object`, "write a value, or `each` for an array");
  named("copy", () => output.parent([...keys, ""]), []);
  for (const key of Object.keys(found)) {
    const inner = fieldPlace(places, place, key);
    if (inner !== null && !isExcluded(excluded, key)) {
      named("copy", () => output.set([...keys, key], project(places, found[key], inner, below(excluded, key))), []);
    }
  }
}

function requireDepth(payload) {
  let level = [payload];
  for (let depth = 0; level.length > 0; depth++) {
    level = level.filter((x) => typeof x === "object" && x !== null).flatMap((x) => Object.values(x));
    if (depth >= MAX_DEPTH && level.some((x) => typeof x === "object" && x !== null)) {
      fail(`nesting more than ${MAX_DEPTH} deep`);
    }
  }
}

function refusal(failure, at) {
  const known = blamed("", failure);
  if (!(known instanceof Failure)) return known;
  const target = pointer(at);
  const error = new Error(`target ${target || "/"}: ${known.operation}: ${known.found}`);
  return Object.assign(error, { name: "PayloadRefused", target, operation: known.operation, found: known.found, help: known.help });
}
