/**
 * Why a record is a dead letter: the closed list. A code never changes its meaning; a new judgement gets a new code.
 * Each names what is wrong with the record itself, so both layers of the architecture derive the same one; but for the
 * last, which the speed layer reaches and the batch layer takes over.
 */
export const REASON_CODES = {
  too_large: 'the record does not fit into a Lambda invocation (6 MB as an event)',
  timestamp_out_of_range: "Kafka's own timestamp of the record is after November 2286",
  null_value: 'the record has no value (a tombstone)',
  invalid_unicode: 'the value is not UTF-8, or a string in it holds half a surrogate pair',
  invalid_json: 'the value is not JSON',
  not_an_object: 'the value is JSON, but not an object',
  number_precision: 'a number has more than 15 significant digits, or is too small to be told from zero',
  missing_field: 'a required field is absent',
  wrong_type: 'a field has another JSON type than its schema says',
  unknown_value: 'a field is none of the values that its schema lists',
  out_of_range: 'a field is below, above, shorter or longer than its schema allows',
  invalid_format: 'a field is not written as its schema says',
  too_many_decimals: 'a decimal has more places than its column: it is refused, not rounded',
  event_time_out_of_range: "the event time is before 2000, or over 24 hours after the record's own timestamp",
  refused_by_storage: 'ClickHouse refused the row of a valid event, again and again, while it took others',
} as const;

export type ReasonCode = keyof typeof REASON_CODES;
