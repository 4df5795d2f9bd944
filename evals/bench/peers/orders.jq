[.line_items[] | select(.qty > 0) | (.price * 100 | round) as $cents | {
  sku: .product.code,
  title: .product.title,
  quantity: .qty,
  unit_cents: $cents,
  line_cents: ($cents * .qty),
  is_gift: (.gift // false)
}] as $lines
| {
  id: .order_id,
  placed_at: (.created | todate),
  status: {open: "OPEN", paid: "PAID", shipped: "SENT", void: "CANCELLED"}[.state],
  currency,
  customer: (.customer | {id, name: (.first_name + " " + .last_name), email}),
  lines: $lines,
  line_count: ($lines | length),
  total_cents: ([$lines[].line_cents] | add // 0),
  paid_cents: ([.payments[].amount_cents] | add // 0),
  shipping: .delivery.method,
  tags,
  meta: ({channel: .meta.channel} + (.meta | if has("campaign") then {campaign} else {} end))
}
+ (if .notes == null then {} else {notes} end)
+ (.delivery.address | if . == null then {} else
    {ship_to: ({street, town: .city, zip: .postal_code, country}
      + (if has("line2") then {line2} else {} end))}
  end)
