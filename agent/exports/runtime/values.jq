# Values. An expression gives no result for missing and one for a value; a box is [] or [value].

def fail($found): error({found: $found});

def shown: if type == "object" or type == "array" then "an \(type) of \(length)" else "the \(type) \(tojson | .[0:60])" end;

# Integers beyond 2^53 - 1 may have been rounded when the payload was parsed.
def scalar: if type == "number" and (fabs > 9007199254740991) then fail("a number beyond 2^53 - 1, which jq does not hold exactly") else . end;

def safe: . as $x | if type == "array" or type == "object" then reduce (.. | numbers) as $n ($x; ($n | scalar) as $_ | $x) else scalar end;

def require_depth($room): if type != "array" and type != "object" then true elif $room == 0 then fail("nesting more than 512 deep") else all(.[]; require_depth($room - 1)) end;

def is_container: type == "array" or type == "object";

# Missing in, missing out; null in, null out.
def prop(f): if any(.[]; . == []) then empty elif any(.[]; .[0] == null) then null else map(.[0]) | f end;

def named: if type == "object" then .caught | error else .[] end;

def text_of: if type == "string" then . else fail("\(shown), not a text") end;

def number_of: if type == "number" then scalar else fail("\(shown), not a number") end;

def integer_of: number_of | if . == floor then . else fail("\(shown), not an integer") end;

def boolean_of: if type == "boolean" then . else fail("\(shown), not a boolean") end;

def array_of: if type == "array" then . else fail("\(shown), not an array") end;

def object_of: if type == "object" then . else fail("\(shown), not an object") end;

def choice_of($choices): . as $x | if $choices | any(. == $x) then $x else fail("\(shown), none of \($choices | join(", "))") end;

def key_of: if is_container then fail("\(shown), which is no key") else scalar end;

def plain_number: if . == 0 then "0" elif . == floor then (. + 0 | tostring) elif fabs < 0.0001 then fail("\(shown), whose text jq writes otherwise") else (. + 0 | tostring) end;

def text_form: if type == "string" then . elif type == "boolean" then tostring elif type == "number" then scalar | plain_number else fail("\(shown), which has no text form") end;

def read_field($key): if . == null then empty elif type != "object" then fail("read of '\($key)': \(shown), not an object") elif has($key) then .[$key] | scalar else empty end;

def read_item($at): if . == null then empty elif type != "array" then fail("read of [\($at)]: \(shown), not an array") elif ($at < length and $at >= -length) then .[$at] | scalar else empty end;

def read_slice($from; $to): if . == null then null elif type == "string" then (explode | .[$from:$to] | implode) elif type == "array" then .[$from:$to] else fail("\(shown), neither array nor text") end;

def equal: if .[0] == [] or .[1] == [] then false else (.[0][0] | safe) == (.[1][0] | safe) end;

def is_nothing: . == [] or .[0] == null;

def is_in: if (.[0] | is_nothing) or (.[1] | is_nothing) then false else (.[0][0] | safe) as $x | .[1][0] | if type == "array" then any(.[]; safe == $x) elif type == "object" then . as $o | ($x | type) == "string" and ($o | has($x)) elif type == "string" and ($x | type) == "string" then contains($x) else fail("\($x | shown) in \(shown)") end end;

def compare($operator): if (.[0] | is_nothing) or (.[1] | is_nothing) then false else (.[0][0] | scalar) as $a | (.[1][0] | scalar) as $b | if ($a | type) != ($b | type) or ($a | type | . != "number" and . != "string") then fail("\($a | shown) \($operator) \($b | shown)") elif $operator == "<" then $a < $b elif $operator == "<=" then $a <= $b elif $operator == ">" then $a > $b else $a >= $b end end;

def truth($operation): if is_nothing then false elif (.[0] | type) == "boolean" then .[0] else fail("\($operation): \(.[0] | shown) as a condition") end;

def remainder($b): fmod(.; $b) | if . != 0 and (. < 0) != ($b < 0) then . + $b else . end;

def floor_quotient($b): . as $a | fmod($a; $b) as $rest | (($a - $rest) / $b - (if $rest != 0 and ($rest < 0) != ($b < 0) then 1 else 0 end)) as $q | ($q | floor) as $f | if $q - $f > 0.5 then $f + 1 else $f end;

def calculate($operator): prop((.[0] | number_of) as $a | (.[1] | number_of) as $b | (if $b == 0 and ($operator | . == "/" or . == "//" or . == "%") then fail("a division by zero") elif $operator == "+" then $a + $b elif $operator == "-" then $a - $b elif $operator == "*" then $a * $b elif $operator == "/" then $a / $b elif $operator == "%" then $a | remainder($b) else $a | floor_quotient($b) end) | scalar);

def negate: if . == null then null else number_of | 0 - . end;

def items_of_loop: if type != "array" then fail("for: \(shown), not an array") else . end;

def outer(f): if . == [] then empty elif .[0] == null then null else .[0] | items_of_loop | f end;

def inner: if is_nothing then [] else .[0] | items_of_loop end;

def unpack($count): if type == "array" and length == $count then . else fail("\(shown), not an array of \($count)") end;

def make_object: reduce .[] as $pair ({}; if ($pair[0] | type) == "string" then .[$pair[0]] = $pair[1] else fail("a table, which jq does not carry") end);

# The output while rows run: a box.
def set_at($keys; $value): if $keys == [] then $value else (if . == null then {} elif type == "object" then . else fail("\(shown) where a field is to be written") end) | .[$keys[0]] = (.[$keys[0]] | set_at($keys[1:]; $value)) end;

def remove_at($keys): if type != "object" or (has($keys[0]) | not) then . elif ($keys | length) == 1 then del(.[$keys[0]]) else .[$keys[0]] = (.[$keys[0]] | remove_at($keys[1:])) end;

def write($keys; $box): if $box == [] then (if . == [] or $keys == [] then [] else [.[0] | remove_at($keys)] end) else ($box[0] | safe) as $value | [(if . == [] then null else .[0] end) | set_at($keys; $value)] end;

def take: if . == [] then {} else .[0] end;

def at(f; $target): try f catch (if type == "object" and (has("target") | not) then error(. + {target: $target}) else error end);

def pointer: map("/" + (if . == "*" then "~2" else (tostring | split("~") | join("~0") | split("/") | join("~1")) end)) | join("");

# Copies. A place of the contract is [fields, other fields, first items, other items].
def field_place($places; $key): if . == 0 then 0 else $places[tostring] as $place | if $place[0] | has($key) then $place[0][$key] else $place[1] end end;

def item_place($places; $at): if . == 0 then 0 else $places[tostring] as $place | if $at < ($place[2] | length) then $place[2][$at] else $place[3] end end;

def place_at($places; $steps): reduce $steps[] as $step ($places.root; if . == null then null elif ($step | type) == "number" then item_place($places; $step) else field_place($places; $step) end);

def is_excluded($excluded; $key): any($excluded[]; length == 1 and (.[0] == "*" or .[0] == $key or (.[0] == "~2" and $key == "*")));

def below($excluded; $key): [$excluded[] | select(length > 1 and (.[0] == "*" or .[0] == $key or (.[0] == "~2" and $key == "*"))) | .[1:]];

def project($places; $place; $excluded): . as $value | if type == "array" then [range(length) | . as $i | select(is_excluded($excluded; $i | tostring) | not) | ($place | item_place($places; $i)) as $inner | $value[$i] | project($places; $inner; below($excluded; $i | tostring))] elif type == "object" then reduce keys_unsorted[] as $key ({}; ($place | field_place($places; $key)) as $inner | if $inner == null or is_excluded($excluded; $key) then . else .[$key] = ($value[$key] | project($places; $inner; below($excluded; $key))) end) else . end;

def copy($places; $steps; $keys; $box; $excluded): place_at($places; $steps) as $place | if $box == [] or $place == null then . elif $box[0] == null then write($keys; [null]) else ($box[0] | if type == "object" then . else fail("copy: \(shown), not an object") end) as $found | [(if . == [] then null else .[0] end) | set_at($keys + [""]; null) | remove_at($keys + [""])] as $opened | (if . == [] then $opened elif (.[0] | getpath($keys) | type) == "object" then . else $opened end) | ($found | project($places; $place; $excluded)) as $kept | reduce ($kept | keys_unsorted[]) as $key (.; write($keys + [$key]; [$kept[$key]])) end;
