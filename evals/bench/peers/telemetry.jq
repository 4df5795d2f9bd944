(reduce .sites[] as $site ({}; .[$site.site_id | tostring] = $site)) as $sites
| (reduce .readings[] as $reading ({}; .[$reading.sensor_id] += [$reading])) as $readings
| {
  id: .export_id,
  taken_at,
  sensors: [.sensors[] | select(.is_active)
    | ($readings[.sensor_id] // []) as $own
    | $sites[.site_id | tostring] as $site
    | {
      id: .sensor_id,
      name: .label,
      values: ($own | map({(.metric): .value}) | add // {}),
      samples: ([$own[].samples] | add // 0)
    }
    + (if $site then {site: $site.name, region: $site.region} else {} end)
    + (if $own == [] then {} else {peak: ([$own[].value] | max)} end)
  ],
  metrics: [reduce .readings[] as $reading ({}; .[$reading.metric] += [$reading])
    | to_entries[] | .key as $metric | .value as $group | [$group[].value] as $values | {
      metric: $metric,
      count: ($group | length),
      lowest: ($values | min),
      highest: ($values | max),
      sensors: [$group[].sensor_id]
    }
  ],
  contacts: [.sites[] | .name as $site | .contacts | to_entries[]
    | {site: $site, kind: .key, address: .value}]
}
