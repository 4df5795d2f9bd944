# Functions.

def f_default(x; y): [x] | if is_nothing then y else .[0] end;

def f_if_missing(x; y): [x] | if . == [] then y else .[0] end;

def f_present($x): $x != [];

def f_not_null($x): $x[] | select(. != null);

def f_non_empty($x): $x[] | select(. != "" and . != [] and . != {});

def f_require($x; $reason): if $x | is_nothing then fail("nothing: \($reason[0])") else $x[0] end;

def f_fail($reason): fail("\($reason[0])");

def f_is_null($x): $x == [null];

def f_is_text($x): $x | type == "string";

def f_is_number($x): $x | type == "number";

def f_is_boolean($x): $x | type == "boolean";

def f_is_object($x): $x | type == "object";

def f_is_array($x): $x | type == "array";

def f_lookup($x; $table; otherwise): ($x | key_of) as $key | ($table | object_of) | if ($key | type) == "string" and has($key) then .[$key] else otherwise end;

def f_switch($x; $cases; otherwise): if $cases | is_nothing then $cases[] else ($x[0] | if is_container then null else scalar end) as $key | ($cases[0] | object_of) | if ($key | type) == "string" and has($key) then .[$key] else otherwise end end;

def f_one_of($x; $allowed): ($x | safe) as $_ | if $allowed | array_of | any(.[]; safe == $x) then $x else fail("\($x | shown), which is not allowed") end;

def found_at($key): if type == "object" then ($key | text_of) as $_ | if has($key) then .[$key] else empty end elif type == "array" then ($key | integer_of) as $i | if $i < length and $i >= -length then .[$i] else empty end else fail("\(shown), not an object, array or table") end;

def f_at($c; $key; otherwise): [$c | found_at($key)] | if . == [] then otherwise else .[0] end;

def f_merge($a; $others): reduce ($a, $others[]) as $o ({}; ($o | object_of) as $_ | reduce ($o | to_entries[]) as $e (.; .[$e.key] = $e.value));

def f_pick($o; $keys): ($keys | map(text_of)) as $_ | $o | object_of | with_entries(select(.key as $k | $keys | any(. == $k)));

def f_omit($o; $keys): ($keys | map(text_of)) as $_ | $o | object_of | with_entries(select(.key as $k | $keys | any(. == $k) | not));

def f_rename($o; $names): ($names | object_of | map_values(text_of)) as $new | reduce ($o | object_of | to_entries[]) as $e ({}; (if $new | has($e.key) then $new[$e.key] else $e.key end) as $k | if has($k) then fail("two fields named \($k)") else .[$k] = $e.value end);

def f_entries($o): $o | object_of | to_entries;

def key_field($key): object_of | if .[$key] == null then fail("an item has no \($key)") else .[$key] | text_form end;

def collect_pairs($rule): ($rule | choice_of(["error", "first", "last", "collect"])) as $_ | reduce .[] as $p ({}; if $rule == "collect" then .[$p[0]] += [$p[1]] elif (has($p[0]) | not) or $rule == "last" then .[$p[0]] = $p[1] elif $rule == "error" then fail("the key \($p[0]) twice") else . end);

def f_from_entries($items; $key; $value; $on_dup): (($key // "key") | text_of) as $k | (($value // "value") | text_of) as $v | [$items | array_of | .[] | [key_field($k), (select(has($v)) | .[$v])] | select(length == 2)] | collect_pairs($on_dup // "error");

def f_first($items; otherwise): $items | array_of | if length > 0 then .[0] else otherwise end;

def f_last($items; otherwise): $items | array_of | if length > 0 then .[-1] else otherwise end;

def f_only($items): $items | array_of | if length == 1 then .[0] else fail("\(shown): only(...) wants exactly one item") end;

def f_concat($a; $others): [($a, $others[]) | array_of | .[]];

def f_flatten($lists): [$lists | array_of | .[] | array_of | .[]];

def f_distinct($items): reduce ($items | array_of | .[] | safe) as $x ([]; if any(.[]; . == $x) then . else . + [$x] end);

def one_type: (map(type) | unique) as $types | if ($types | length) > 1 then fail("values of different types") elif $types == ["array"] or $types == ["object"] then fail("a value that has no order") else map(scalar) end;

def sorted(f; $down): [.[] | {item: ., box: [f]}] as $all | [$all[] | select(.box | is_nothing | not)] as $there | ($there | map(.box[0]) | one_type) as $_ | (if $down then $there | reverse | sort_by(.box) | reverse else $there | sort_by(.box) end) + [$all[] | select(.box | is_nothing)] | map(.item);

def f_sort_by($items; $keys; $down): (($down // false) | boolean_of) as $d | ($keys | map(text_of) | reverse) as $names | ($items | array_of) | if $names == [] then sorted(.; $d) else reduce $names[] as $n (.; sorted(object_of | select(has($n)) | .[$n]; $d)) end;

def f_group_by($items; $key; $value): ($key | text_of) as $_ | (if $value == null then "" else $value | text_of end) as $_ | reduce ($items | array_of | .[]) as $item ({}; ($item | key_field($key)) as $k | .[$k] += [if $value == null then $item else $item | select(has($value)) | .[$value] end]);

def f_zip($a; $b): if ($a | array_of | length) != ($b | array_of | length) then fail("arrays of different lengths") else [range($a | length) | [$a[.], $b[.]]] end;

def f_enumerate($items): [$items | array_of | range(length) as $i | {index: $i, value: .[$i]}];

def aggregated: if is_nothing then [] else .[0] | array_of end;

def f_count($x): if ($x | is_nothing | not) and ($x[0] | type) == "object" then $x[0] | length else $x | aggregated | length end;

def f_sum($x): reduce ($x | aggregated | .[] | number_of) as $n (0; . + $n | scalar);

def f_any($x): $x | aggregated | map(if . == null then false else boolean_of end) | any;

def f_all($x): $x | aggregated | map(if . == null then false else boolean_of end) | all;

def extreme: aggregated | if length > 0 then one_type | if .[0] | type | . == "boolean" or . == "null" then fail("\(.[0] | shown) among the items") else . end else . end;

def f_min($x): $x | extreme | if length > 0 then min else empty end;

def f_max($x): $x | extreme | if length > 0 then reduce .[1:][] as $y (.[0]; if $y > . then $y else . end) else empty end;

def f_join($sep; $parts): if $sep | is_nothing then $sep[] else [$parts[][] | if type == "array" then .[] else . end] | if any(.[]; . == null) then null else map(text_form) | join($sep[0] | text_of) end end;

def pieces: if . == "" then {done: [""]} else reduce (split("") | .[]) as $c ({done: [""], open: ""}; if .open == "{" then (if $c == "}" then .done += [""] elif $c == "{" then .done[-1] += "{" else fail("a single {") end) | .open = "" elif .open == "}" then (if $c == "}" then .done[-1] += "}" else fail("a single }") end) | .open = "" elif $c == "{" or $c == "}" then .open = $c else .done[-1] += $c end) | if .open != "" then fail("a single \(.open)") else . end end | .done;

def f_format($template; $parts): ($template | text_of | pieces) as $p | if ($p | length) != ($parts | length) + 1 then fail("another number of {} than of values") else [range($p | length) as $i | $p[$i], ($parts[$i:$i + 1][] | text_form)] | join("") end;

def split_at($sep): ($sep | text_of) as $_ | if $sep == "" then fail("an empty text to look for") elif . == "" then [""] else split($sep) end;

def f_split($s; $sep; $max): ($s | text_of | split_at($sep)) as $all | if $max == null then $all else ($max | integer_of) as $n | if $n < 0 then fail("max is \($n)") elif ($all | length) <= $n + 1 then $all else $all[:$n] + [$all[$n:] | join($sep)] end end;

def f_slice($s; $start; $end): ($start | integer_of) as $from | (if $end == null then null else $end | integer_of end) as $to | if $s | type == "array" then $s[$from:$to] else $s | text_of | explode | .[$from:$to] | implode end;

def f_part($s; $sep; $i): ($s | text_of | split_at($sep)) as $all | ($i | integer_of) as $at | if $at < ($all | length) and $at >= -($all | length) then $all[$at] else empty end;

def f_replace($s; $a; $b): ($b | text_of) as $new | $s | text_of | split_at($a) | join($new);

def f_starts_with($s; $p): ($p | text_of) as $_ | $s | text_of | startswith($p);

def f_ends_with($s; $p): ($p | text_of) as $_ | $s | text_of | endswith($p);

def f_contains($s; $p): ($p | text_of) as $_ | $s | text_of | contains($p);

def is_space: (. >= 9 and . <= 13) or (. >= 28 and . <= 32) or . == 133 or . == 160 or . == 5760 or (. >= 8192 and . <= 8202) or . == 8232 or . == 8233 or . == 8239 or . == 8287 or . == 12288;

def stripped(f): explode | (map(f | not) | index(true)) as $from | if $from == null then "" else (map(f | not) | rindex(true)) as $to | .[$from:$to + 1] | implode end;

def f_trim($s; $chars): if $chars == null then $s | text_of | stripped(is_space) else ($chars | text_of | explode) as $cut | $s | text_of | stripped(. as $c | $cut | any(. == $c)) end;

def f_collapse($s): reduce ($s | text_of | explode | .[]) as $c ([[]]; if $c | is_space then . + [[]] else .[-1] += [$c] end) | map(select(. != []) | implode) | join(" ");

def f_pad($s; $n; $fill; $side): ($n | integer_of) as $width | (($side // "left") | choice_of(["left", "right"])) as $where | if ($fill | text_of | length) != 1 then fail("the fill is \($fill | shown)") elif $width > 10485760 then fail("a text of \($width) characters") else ([range([$width - ($s | text_of | length), 0] | max) | $fill] | join("")) as $more | if $where == "left" then $more + $s else $s + $more end end;

def f_text($x): $x | text_form;

def ascii_only: text_of | if explode | all(. < 128) then . else fail("\(shown): jq knows the case of ASCII letters only") end;

def f_upper($s): $s | ascii_only | ascii_upcase;

def f_lower($s): $s | ascii_only | ascii_downcase;

def f_matches($s; $pattern): $s | text_of | test($pattern[0]);

def f_number($s; $decimal): if ($s | type) != "string" then $s | number_of else ($decimal // ".") as $mark | ($s | split_at($mark) | join(".")) as $t | if ($mark | length) != 1 or ($mark | test("[0-9A-Za-z+-]")) then fail("decimal is \($mark | shown)") elif ($mark | explode | .[0] > 127) then fail("decimal is \($mark | shown), which jq does not judge") elif ($mark != "." and ($s | contains("."))) or ($t | length) > 400 or ($t | test("\\A-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\\z") | not) then fail("\($s | shown), not a number") else $t | tonumber | . + 0 | scalar end end;

def f_integer($x): f_number($x; null) | integer_of;

def f_boolean($s; $yes; $no): ($s | safe) as $_ | if ($yes // ["true"]) | array_of | any(.[]; safe == $s) then true elif ($no // ["false"]) | array_of | any(.[]; safe == $s) then false else $s | boolean_of end;

def f_abs($x): $x | number_of | if . < 0 then 0 - . else . end;

def decimal: (. + 0 | tostring | ascii_downcase | split("e")) as $p | ($p[0] | ltrimstr("-") | split(".")) as $m | {is_negative: ($p[0] | startswith("-")), digits: ($m[0] + ($m[1] // "")), power: ((($p[1] // "0") | ltrimstr("+") | tonumber) - (($m[1] // "") | length))} | until((.digits | endswith("0") | not) or (.digits | length) == 1; .digits |= .[:-1] | .power += 1);

def from_decimal: ((if .is_negative then "-" else "" end) + .digits + "e" + (.power | tostring)) | tonumber | . + 0;

def places_of: integer_of | if fabs > 400 then fail("\(.) places") else . end;

def f_scale($x; $n): ($x | number_of | decimal) as $d | ($n | places_of) as $by | $d | .power += $by | . as $want | from_decimal | scalar | if $want.power >= 0 or (decimal | .digits == $want.digits and .power == $want.power) then . else fail("\($x) scaled by \($n), which no number holds exactly") end;

def f_round($x; $places; $mode): ($x | number_of | decimal) as $d | (($places // 0) | places_of) as $count | (($mode // "half_even") | choice_of(["half_even", "half_up", "floor", "ceil"])) as $how | (-$count - $d.power) as $drop | if $drop <= 0 then $x | scalar else ("0" * ([$drop + 1 - ($d.digits | length), 0] | max) // "") as $zeros | ($zeros + $d.digits) as $all | ($all[:-$drop]) as $kept | ($all[-$drop:]) as $rest | ("5" + ("0" * ($drop - 1) // "")) as $half | ($kept | tonumber | scalar) as $k | (if $how == "floor" then $d.is_negative elif $how == "ceil" then $d.is_negative | not elif $rest == $half then $how == "half_up" or $k % 2 == 1 else $rest > $half end) as $is_up | (if $is_up and ($rest | explode | any(. != 48)) then $k + 1 else $k end) as $n | {is_negative: $d.is_negative, digits: ($n | tostring), power: (-$count)} | from_decimal | scalar | if . == 0 then 0 else . end end;

def f_base64($s): $s | text_of | @base64;
