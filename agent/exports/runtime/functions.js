// Functions: absence, choice, objects, arrays, aggregates.

function isNothing(x) {
  return x === MISSING || x === null;
}

function f_default(x, y) {
  return isNothing(x) ? y() : x;
}

function f_if_missing(x, y) {
  return x === MISSING ? y() : x;
}

function f_coalesce(...choices) {
  for (const choice of choices) {
    const value = choice();
    if (!isNothing(value)) return value;
  }
  return MISSING;
}

function f_present(x) {
  return x !== MISSING;
}

function f_absent() {
  return MISSING;
}

function f_not_null(x) {
  return x === null ? MISSING : x;
}

function f_non_empty(x) {
  return x === "" || (Array.isArray(x) && x.length === 0) || (isObject(x) && Object.keys(x).length === 0) ? MISSING : x;
}

function f_require(x, reason) {
  return isNothing(x) ? fail(`${describe(x)}: ${reasonText(reason)}`) : x;
}

function f_fail(reason) {
  return fail(reasonText(reason));
}

function reasonText(reason) {
  return typeof reason === "string" ? reason : describe(reason);
}

function isKey(x) {
  return !(Array.isArray(x) || isObject(x) || x instanceof Instant || x instanceof Table);
}

function tableHas(table, key) {
  if (table instanceof Table) return table.has(key);
  return typeof key === "string" && has(mapping(table), key);
}

function tableGet(table, key) {
  return table instanceof Table ? table.find(key) : table[key];
}

function mapping(table) {
  return isObject(table) ? table : fail(`${describe(table)}, not a table`, "write {key: value, ...}");
}

function f_lookup(x, table, otherwise) {
  if (!isKey(x)) fail(`${describe(x)}, which is no key`, "look up a scalar");
  if (tableHas(table, x)) return tableGet(table, x);
  if (otherwise !== undefined) return otherwise();
  return fail(`${describe(x)}, which the table does not know`, "add it to the table or give otherwise=");
}

function f_switch(x, cases, otherwise) {
  if (isNothing(cases)) return cases;
  const key = x === MISSING ? null : x;
  if (isKey(key) && tableHas(cases, key)) return tableGet(cases, key);
  return otherwise === undefined ? MISSING : otherwise();
}

function f_one_of(x, allowed) {
  const key = equalityKey(x);
  if (arrayOf(allowed).some((item) => equalityKey(item) === key)) return x;
  return fail(`${describe(x)}, which is not allowed`, `allowed: ${allowed.slice(0, 10).map(describe).join(", ")}`);
}

function f_is_text(x) {
  return typeof x === "string";
}

function f_is_number(x) {
  return isNumber(x);
}

function f_is_boolean(x) {
  return typeof x === "boolean";
}

function f_is_object(x) {
  return isObject(x);
}

function f_is_array(x) {
  return Array.isArray(x);
}

function f_is_null(x) {
  return x === null;
}

function textOf(x, help) {
  return typeof x === "string" ? checkScalar(x) : fail(`${describe(x)}, not a text`, help || toText(x));
}

const PARTS_OF_ARRAY = "take one item ([0], only(…)), each one ([… for x in …])";

function toText(x) {
  if (Array.isArray(x)) return `${PARTS_OF_ARRAY}, or join(', ', …) of all`;
  return isObject(x) ? "pick a field of it" : "wrap it in text(...)";
}

function toNumber(x) {
  if (typeof x === "boolean") return "write 1 if x else 0";
  if (Array.isArray(x)) return `${PARTS_OF_ARRAY}, or sum(…) of all`;
  return isObject(x) ? "pick a field of it" : "wrap a text in number(...)";
}

function booleanOf(x) {
  return typeof x === "boolean" ? x : fail(`${describe(x)}, not a boolean`, "compare it, or use boolean(...)");
}

function integerOf(x) {
  const value = plain(numberOf(x));
  return Number.isInteger(value) ? safeInteger(value) : fail(`${describe(x)}, not an integer`, "round it");
}

function arrayOf(x) {
  return Array.isArray(x) ? x : fail(`${describe(x)}, not an array`, "put it in [...]");
}

function objectOf(x) {
  return isObject(x) ? x : fail(`${describe(x)}, not an object`);
}

function choiceOf(x, choices, name) {
  return choices.includes(x) ? x : fail(`${name} is ${describe(x)}`, `use one of ${choices.join(", ")}`);
}

function refuseLongText(length) {
  if (length > LARGEST_TEXT) fail(`a text of ${length} characters`, `at most ${LARGEST_TEXT} characters are made`);
}

function textForm(x) {
  if (typeof x === "string") return x;
  if (typeof x === "boolean") return String(x);
  if (isNumber(x)) return numberText(checkScalar(x));
  if (x instanceof Instant) fail("a date", "print it with iso_datetime, iso_date or format_date");
  return fail(`${describe(x)}, which has no text form`, toText(x));
}

function fieldOf(item, key) {
  return has(objectOf(item), key) ? item[key] : MISSING;
}

function f_at(container, key, otherwise) {
  const found = findIn(container, key);
  return found === MISSING && otherwise !== undefined ? otherwise() : found;
}

function findIn(container, key) {
  if (container instanceof Table) return container.find(key);
  if (Array.isArray(container)) {
    const index = integerOf(key);
    const item = container[index < 0 ? index + container.length : index];
    return item === undefined ? MISSING : item;
  }
  if (isObject(container)) return fieldOf(container, textOf(key));
  return fail(`${describe(container)}, not an object, array or table`);
}

function f_merge(...objects) {
  return derived(objects, objects.flatMap((object) => pairsOf(objectOf(object))));
}

function f_pick(object, ...keys) {
  keys.forEach((key) => textOf(key));
  return derived([object], pairsOf(objectOf(object)).filter(([key]) => keys.includes(key)));
}

function f_omit(object, ...keys) {
  keys.forEach((key) => textOf(key));
  return derived([object], pairsOf(objectOf(object)).filter(([key]) => !keys.includes(key)));
}

function f_rename(object, names) {
  const wanted = new Map(pairsOf(objectOf(names)).map(([old, name]) => [old, textOf(name)]));
  const taken = new Set();
  const pairs = pairsOf(objectOf(object)).map(([key, value]) => {
    const name = wanted.has(key) ? wanted.get(key) : key;
    if (taken.has(name)) fail(`two fields named ${describe(name)}`, "omit one of them first");
    taken.add(name);
    return [name, value];
  });
  return derived([object], pairs);
}

function f_entries(object) {
  if (!isOrderKnown(objectOf(object))) {
    fail("an object with a key like a number, whose order JavaScript loses", "run it in the reference");
  }
  return pairsOf(object).map(([key, value]) => ({ key, value }));
}

function keyField(item, key, index) {
  const found = fieldOf(item, key);
  return isNothing(found) ? fail(`item ${index} has no ${describe(key)}`, "leave it out with an if") : found;
}

function f_from_entries(items, key = "key", value = "value", onDup = "error") {
  textOf(key);
  textOf(value);
  const pairs = arrayOf(items).map((item, index) => [textForm(keyField(item, key, index)), fieldOf(item, value)]);
  return ordered([...collectPairs(pairs.filter((pair) => pair[1] !== MISSING), onDup)]);
}

function collectPairs(pairs, onDup) {
  const rule = choiceOf(onDup, ["error", "first", "last", "collect"], "on_dup");
  const found = new Map();
  for (const [key, item] of pairs) {
    if (rule === "collect") {
      found.set(key, [...(found.get(key) || []), item]);
    } else if (!found.has(key) || rule === "last") {
      found.set(key, item);
    } else if (rule === "error") {
      fail("a key twice", "give on_dup='first', 'last' or 'collect'");
    }
  }
  return found;
}

function f_first(items, otherwise) {
  return arrayOf(items).length > 0 ? items[0] : otherwise === undefined ? MISSING : otherwise();
}

function f_last(items, otherwise) {
  return arrayOf(items).length > 0 ? items[items.length - 1] : otherwise === undefined ? MISSING : otherwise();
}

function f_only(items) {
  return arrayOf(items).length === 1 ? items[0] : fail(describe(items), "only(...) wants exactly one item");
}

function f_concat(...lists) {
  return lists.flatMap((items) => arrayOf(items));
}

function f_flatten(lists) {
  return arrayOf(lists).flatMap((items) => arrayOf(items));
}

function f_distinct(items) {
  const found = new Map();
  for (const item of arrayOf(items)) {
    const key = equalityKey(item);
    if (!found.has(key)) found.set(key, item);
  }
  return [...found.values()];
}

function f_sort_by(items, descending = false, ...keys) {
  const sign = booleanOf(descending) ? -1 : 1;
  let sorted = arrayOf(items).slice();
  for (const name of keys.length > 0 ? keys.map((key) => textOf(key)).reverse() : [null]) {
    const keyed = sorted.map((item) => [name === null ? item : fieldOf(item, name), item]);
    const there = keyed.filter(([key]) => !isNothing(key));
    refuseMixed(there.map(([key]) => key));
    there.sort(([a], [b]) => sign * compareOrdered(a, b));
    sorted = [...there, ...keyed.filter(([key]) => isNothing(key))].map(([, item]) => item);
  }
  return sorted;
}

function orderKind(x) {
  if (x instanceof Instant) return "date";
  if (Array.isArray(x) || isObject(x) || x instanceof Table) fail(`${describe(x)}, which has no order`, "order by a scalar");
  if (x === null) return "null";
  return isNumber(x) ? "number" : typeof x === "string" ? "text" : "boolean";
}

function refuseMixed(values) {
  const kinds = [...new Set(values.map(orderKind))].sort();
  if (kinds.length > 1) fail(`values of different types (${kinds.join(", ")})`, "make them one type first");
}

function compareOrdered(a, b) {
  return typeof a === "boolean" ? Number(a) - Number(b) : compareKind(a, b);
}

function f_group_by(items, key, value) {
  textOf(key);
  if (value !== undefined) textOf(value);
  const groups = new Map();
  arrayOf(items).forEach((item, index) => {
    const name = textForm(keyField(item, key, index));
    if (!groups.has(name)) groups.set(name, []);
    const member = value === undefined ? item : fieldOf(item, value);
    if (member !== MISSING) groups.get(name).push(member);
  });
  return ordered([...groups]);
}

function f_index_by(items, key, onDup = "error") {
  textOf(key);
  const pairs = arrayOf(items).map((item) => [fieldOf(item, key), item]).filter(([found]) => !isNothing(found));
  const found = collectPairs(pairs.map((pair) => [scalarKey(pair[0]), pair]), onDup);
  if (onDup !== "collect") return new Table([...found.values()]);
  return new Table([...found.values()].map((group) => [group[0][0], group.map((pair) => pair[1])]));
}

function f_zip(a, b) {
  if (arrayOf(a).length !== arrayOf(b).length) fail(`arrays of ${a.length} and of ${b.length}`, "zip wants one length");
  return a.map((item, index) => [item, b[index]]);
}

function f_enumerate(items) {
  return arrayOf(items).map((value, index) => ({ index, value }));
}

function itemsOf(items) {
  if (isNothing(items)) return [];
  return arrayOf(items);
}

function f_count(items) {
  return isObject(items) ? Object.keys(items).length : itemsOf(items).length;
}

function f_sum(items) {
  const numbers = itemsOf(items).map(numberOf);
  if (numbers.every((number) => !isFloat(number))) {
    return safeInteger(Number(numbers.reduce((total, number) => total + BigInt(number), 0n)));
  }
  const total = exactSum(numbers.map(plain));
  return Number.isFinite(total) ? real(total) : fail("a sum beyond the largest number");
}

// The exact sum of floats, rounded once: every float is an integer times 2^-1074.
function exactSum(numbers) {
  if (!Number.isFinite(numbers.reduce((total, number) => total + Math.abs(number), 0))) return Infinity;
  const exact = numbers.reduce((total, number) => total + scaledBits(number), 0n);
  const size = exact < 0n ? -exact : exact;
  const excess = Math.max(size.toString(2).length - 64, 0);
  const sticky = size & ((1n << BigInt(excess)) - 1n) ? 1n : 0n;
  const rounded = Number((size >> BigInt(excess)) | sticky) * 2 ** (excess - 537) * 2 ** -537;
  return exact < 0n ? -rounded : rounded;
}

function scaledBits(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n);
  return number < 0 ? -size : size;
}

function itemTruth(item) {
  return item !== null && booleanOf(item);
}

function f_any(items) {
  return itemsOf(items).map(itemTruth).includes(true);
}

function f_all(items) {
  return !itemsOf(items).map(itemTruth).includes(false);
}

function extreme(items, sign) {
  if (itemsOf(items).length === 0) return MISSING;
  refuseMixed(items);
  if (["boolean", "null"].includes(orderKind(items[0]))) {
    fail(`${describe(items[0])} among the items`, "leave it out with an if");
  }
  return items.reduce((best, item) => (sign * compareKind(item, best) > 0 ? item : best));
}

function f_min(items) {
  return extreme(items, -1);
}

function f_max(items) {
  return extreme(items, 1);
}
