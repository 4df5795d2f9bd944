// The hand-written mappings of `baselines.py` for Node.js: trusted payloads, one pass over arrays.
// `node_engine.js` runs them.
"use strict";

const STATUS_OF_CUSTOMER = { active: "ACTIVE", trial: "TRIAL", suspended: "BLOCKED", closed: "CLOSED" };
const PLANS = { free: 0, plus: 1, pro: 2, enterprise: 3 };
const STATUS_OF_ORDER = { open: "OPEN", paid: "PAID", shipped: "SENT", void: "CANCELLED" };

function printTime(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 19) + "Z";
}

function mapFlat(customer) {
  const country = customer.country;
  return {
    account_id: customer.id,
    full_name: `${customer.first_name} ${customer.last_name}`,
    email: customer.email_address.toLowerCase(),
    phone: customer.phone,
    company: customer.company ?? "",
    street: customer.street,
    town: customer.city,
    zip: customer.postal_code,
    country_code: country,
    locale: `${customer.language}-${country}`,
    status: STATUS_OF_CUSTOMER[customer.state],
    plan: PLANS[customer.tier],
    opened_at: printTime(customer.created),
    balance_cents: Math.round(customer.balance * 100),
    credit_limit: customer.credit_limit,
    discount: customer.discount_percent / 100,
    vat_exempt: customer.is_vat_exempt,
    marketing_opt_out: !customer.newsletter,
    orders: customer.order_count,
    lifetime_value: customer.lifetime_value_cents / 100,
  };
}

function mapOrders(order) {
  const lines = [];
  let totalCents = 0;
  for (const item of order.line_items) {
    if (item.qty > 0) {
      const unitCents = Math.round(item.price * 100);
      const lineCents = unitCents * item.qty;
      totalCents += lineCents;
      lines.push({
        sku: item.product.code,
        title: item.product.title,
        quantity: item.qty,
        unit_cents: unitCents,
        line_cents: lineCents,
        is_gift: item.gift ?? false,
      });
    }
  }
  let paidCents = 0;
  for (const payment of order.payments) paidCents += payment.amount_cents;
  const buyer = order.customer;
  const address = order.delivery.address;
  return {
    id: order.order_id,
    placed_at: printTime(order.created),
    status: STATUS_OF_ORDER[order.state],
    currency: order.currency,
    customer: { id: buyer.id, name: `${buyer.first_name} ${buyer.last_name}`, email: buyer.email },
    lines,
    line_count: lines.length,
    total_cents: totalCents,
    paid_cents: paidCents,
    shipping: order.delivery.method,
    ship_to: address && {
      street: address.street,
      line2: address.line2,
      town: address.city,
      zip: address.postal_code,
      country: address.country,
    },
    tags: order.tags,
    notes: order.notes ?? undefined,
    meta: { channel: order.meta.channel, campaign: order.meta.campaign },
  };
}

function mapTelemetry(data) {
  const readingsOf = new Map();
  const readingsByMetric = new Map();
  for (const reading of data.readings) {
    const own = readingsOf.get(reading.sensor_id);
    if (own) own.push(reading);
    else readingsOf.set(reading.sensor_id, [reading]);
    const group = readingsByMetric.get(reading.metric);
    if (group) group.push(reading);
    else readingsByMetric.set(reading.metric, [reading]);
  }
  const siteOf = new Map();
  const contacts = [];
  for (const site of data.sites) {
    siteOf.set(site.site_id, site);
    for (const kind of Object.keys(site.contacts)) {
      contacts.push({ site: site.name, kind, address: site.contacts[kind] });
    }
  }
  const sensors = [];
  for (const sensor of data.sensors) {
    if (sensor.is_active) {
      sensors.push(showSensor(sensor, readingsOf.get(sensor.sensor_id), siteOf.get(sensor.site_id)));
    }
  }
  const metrics = [];
  for (const [metric, readings] of readingsByMetric) metrics.push(showMetric(metric, readings));
  return { id: data.export_id, taken_at: data.taken_at, sensors, metrics, contacts };
}

function showSensor(sensor, readings, site) {
  const values = {};
  let samples = 0;
  let peak;
  if (readings) {
    for (const reading of readings) {
      values[reading.metric] = reading.value;
      samples += reading.samples;
      if (peak === undefined || reading.value > peak) peak = reading.value;
    }
  }
  return {
    id: sensor.sensor_id,
    name: sensor.label,
    site: site?.name,
    region: site?.region,
    values,
    samples,
    peak,
  };
}

function showMetric(metric, readings) {
  let lowest = readings[0].value;
  let highest = lowest;
  const sensors = [];
  for (const reading of readings) {
    if (reading.value < lowest) lowest = reading.value;
    if (reading.value > highest) highest = reading.value;
    sensors.push(reading.sensor_id);
  }
  return { metric, count: readings.length, lowest, highest, sensors };
}

const BASELINES = { flat: mapFlat, orders: mapOrders, telemetry: mapTelemetry };

// From bytes to bytes, as one would write it for a line of NDJSON.
function overBytes(map) {
  return (body) => Buffer.from(JSON.stringify(map(JSON.parse(body.toString("utf8")))), "utf8");
}

module.exports = { BASELINES, overBytes };
