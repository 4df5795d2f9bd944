// Functions: text. Positions count Unicode scalar values.

const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";

function f_join(separator, ...parts) {
  if (isNothing(separator)) return separator;
  const found = parts.flatMap((part) => (Array.isArray(part) ? part : part === MISSING ? [] : [part]));
  if (found.includes(null)) return null;
  const texts = found.map(textForm);
  refuseLongText(texts.reduce((total, text) => total + text.length, textOf(separator).length * texts.length));
  return texts.join(textOf(separator));
}

function f_format(template, ...parts) {
  const pieces = templatePieces(textOf(template));
  if (pieces.length !== parts.length + 1) {
    fail(`${pieces.length - 1} {} and ${parts.length} values in ${describe(template)}`, "give one value for each {}");
  }
  const made = pieces.map((piece, index) => piece + (index < parts.length ? textForm(parts[index]) : "")).join("");
  refuseLongText(made.length);
  return made;
}

function templatePieces(template) {
  const pieces = [""];
  for (const piece of template.match(/\{\{|\}\}|\{\}|[{}]|[^{}]+/g) || []) {
    if (piece === "{}") pieces.push("");
    else if (piece === "{" || piece === "}") fail(`a single ${piece} in ${describe(template)}`, "write {} for a value, {{ for {");
    else pieces[pieces.length - 1] += piece === "{{" || piece === "}}" ? piece[0] : piece;
  }
  return pieces;
}

function separatorOf(x) {
  return textOf(x) === "" ? fail("an empty text to look for", "give at least one character") : x;
}

function f_split(text, separator, max) {
  const pieces = textOf(text).split(separatorOf(separator));
  if (max === undefined) return pieces;
  const limit = integerOf(max);
  if (limit < 0) fail(`max is ${limit}`, "give 0 or more splits");
  if (pieces.length <= limit + 1) return pieces;
  return [...pieces.slice(0, limit), pieces.slice(limit).join(separator)];
}

function f_slice(x, start, end) {
  const from = integerOf(start);
  const to = end === undefined ? undefined : integerOf(end);
  return Array.isArray(x) ? x.slice(from, to) : points(textOf(x)).slice(from, to).join("");
}

function f_part(text, separator, index) {
  const pieces = f_split(text, separator);
  const position = integerOf(index);
  const piece = pieces[position < 0 ? position + pieces.length : position];
  return piece === undefined ? MISSING : piece;
}

function f_replace(text, old, made) {
  const replaced = textOf(text).split(separatorOf(old));
  refuseLongText(text.length + (replaced.length - 1) * (textOf(made).length - old.length));
  return replaced.join(made);
}

function f_starts_with(text, piece) {
  return textOf(text).startsWith(textOf(piece));
}

function f_ends_with(text, piece) {
  return textOf(text).endsWith(textOf(piece));
}

function f_contains(text, piece) {
  return textOf(text, "of arrays, write `x in list`").includes(textOf(piece));
}

function f_trim(text, chars) {
  if (chars === undefined) return textOf(text).replace(new RegExp(`^${SPACE}`), "").split(new RegExp(`${SPACE}$`))[0];
  const kept = points(textOf(text));
  const cut = points(textOf(chars));
  let start = 0;
  let end = kept.length;
  while (start < end && cut.includes(kept[start])) start++;
  while (end > start && cut.includes(kept[end - 1])) end--;
  return kept.slice(start, end).join("");
}

function f_collapse(text) {
  return textOf(text).split(new RegExp(SPACE)).filter((word) => word !== "").join(" ");
}

function f_pad(text, width, fill, side = "left") {
  const count = integerOf(width);
  const length = points(textOf(text)).length;
  if (points(textOf(fill)).length !== 1) fail(`the fill is ${describe(fill)}`, "give one character");
  refuseLongText(count);
  const filling = fill.repeat(Math.max(count - length, 0));
  return choiceOf(side, ["left", "right"], "side") === "left" ? filling + text : text + filling;
}

function f_text(x) {
  return textForm(x);
}

function f_upper(text) {
  return textOf(text).toUpperCase();
}

function f_lower(text) {
  return textOf(text).toLowerCase();
}

function capitalize(word) {
  const first = String.fromCodePoint(word.codePointAt(0));
  const rest = word.toLowerCase().slice(first.toLowerCase().length);
  return (TITLES.has(first) ? TITLES.get(first) : first.toUpperCase()) + rest;
}

function f_title(text) {
  return textOf(text).replace(/[\p{L}\p{N}\p{M}'’]+/gu, (word) => {
    const bare = word.replace(/^['’]+/, "");
    return word.slice(0, word.length - bare.length) + (bare === "" ? "" : capitalize(bare));
  });
}

function wordsOf(text) {
  return (textOf(text).match(/[\p{L}\p{N}\p{M}]+/gu) || []).flatMap(caseWords);
}

function caseWords(run) {
  const chars = points(run);
  const isUpper = chars.map((char) => /\p{Uppercase}/u.test(char));
  const words = [];
  let start = 0;
  for (let i = 1; i < chars.length; i++) {
    const endsCapitals = isUpper[i - 1] && isUpper[i] && i + 1 < chars.length && /\p{Lowercase}/u.test(chars[i + 1]);
    if ((!isUpper[i - 1] && isUpper[i]) || endsCapitals) {
      words.push(chars.slice(start, i).join("").toLowerCase());
      start = i;
    }
  }
  return [...words, chars.slice(start).join("").toLowerCase()];
}

function f_snake(text) {
  return wordsOf(text).join("_");
}

function f_kebab(text) {
  return wordsOf(text).join("-");
}

function f_camel(text) {
  return wordsOf(text).map((word, index) => (index === 0 ? word : capitalize(word))).join("");
}

// Patterns were translated when the adapter was exported; each is [source, groups, names].
function f_matches(text, pattern) {
  return new RegExp(pattern[0], "u").test(textOf(text));
}

function f_extract(text, pattern, group) {
  const [source, groups, named] = pattern;
  let chosen = Math.min(groups, 1);
  if (group !== undefined) chosen = typeof group === "string" ? (has(named, group) ? named[group] : -1) : integerOf(group);
  if (chosen < 0 || chosen > groups) fail(`group is ${describe(group)}`, `the pattern has ${groups} groups`);
  const match = new RegExp(source, "u").exec(textOf(text));
  return match === null || match[chosen] === undefined ? MISSING : match[chosen];
}

function f_replace_pattern(text, pattern, template) {
  const [source, groups] = pattern;
  const pieces = templateGroups(textOf(template), groups);
  const made = textOf(text).replace(new RegExp(source, "gu"), (...match) =>
    pieces.map((piece) => (typeof piece === "string" ? piece : match[piece] || "")).join("")
  );
  refuseLongText(made.length);
  return made;
}

function templateGroups(template, groups) {
  return (template.match(/\\(?:\\|[0-9])?|[^\\]+/g) || []).map((piece) => {
    if (piece[0] !== "\\") return piece;
    if (piece[1] === "\\") return "\\";
    if (piece.length === 2 && Number(piece[1]) <= groups) return Number(piece[1]);
    return fail(`${piece} in ${describe(template)}`, `the pattern has ${groups} groups; write \\\\ for a backslash`);
  });
}
