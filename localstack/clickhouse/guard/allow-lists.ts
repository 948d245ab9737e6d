import { readFileSync } from 'node:fs';

/** Says whether a function of the engine may be called; names are compared without case, as most of them are. */
export function isAllowedFunction(name: string): boolean {
  let rest = name.toLowerCase();
  while (!FUNCTIONS.has(rest)) {
    const combinator = COMBINATORS.find((suffix) => rest.endsWith(suffix) && rest.length > suffix.length);
    if (!combinator) return false;
    rest = rest.slice(0, -combinator.length);
  }
  return true;
}

/** Table functions that make their rows out of nothing. */
export function isAllowedTableFunction(name: string): boolean {
  return TABLE_FUNCTIONS.has(name.toLowerCase());
}

export function isAllowedFormat(name: string): boolean {
  return FORMATS.has(name);
}

/** Settings that change how a result is computed or shown, and neither limits nor where data comes from. */
export function isAllowedSetting(name: string): boolean {
  return SETTINGS.has(name) || SETTING_FAMILIES.test(name);
}

/** Tables of `system` that describe the schema or the product. Not: queries of others, secrets, files, servers. */
export function isAllowedSystemTable(name: string): boolean {
  return SYSTEM_TABLES.has(name);
}

const FUNCTIONS = new Set(
  readFileSync(new URL('./allowed-functions.txt', import.meta.url), 'utf8')
    .replace(/^#.*$/gm, '')
    .toLowerCase()
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** system.aggregate_function_combinators */
const COMBINATORS = [
  ...['simplestate', 'ordefault', 'distinct', 'resample', 'foreach', 'argmax', 'argmin', 'ornull', 'tuple', 'merge'],
  ...['state', 'array', 'null', 'map', 'if'],
];

const TABLE_FUNCTIONS = new Set([
  ...['numbers', 'numbers_mt', 'zeros', 'zeros_mt', 'primes', 'generateseries', 'generate_series', 'generaterandom'],
  ...['values', 'sqlstandardvalues', 'null'],
]);

const FORMATS = new Set([
  ...['Arrow', 'ArrowStream', 'Avro', 'BSONEachRow', 'MsgPack', 'Native', 'Npy', 'ORC', 'Parquet', 'RawBLOB', 'Null'],
  ...[
    'CSV',
    'CSVWithNames',
    'CSVWithNamesAndTypes',
    'Markdown',
    'MD',
    'SQLInsert',
    'TSKV',
    'Values',
    'Vertical',
    'XML',
  ],
  ...['JSON', 'JSONColumns', 'JSONColumnsWithMetadata', 'JSONCompact', 'JSONCompactColumns', 'JSONStrings', 'GeoJSON'],
  ...[
    'JSONEachRow',
    'JSONL',
    'JSONLines',
    'NDJSON',
    'JSONEachRowWithProgress',
    'JSONStringsEachRow',
    'JSONCompactStrings',
  ],
  ...['JSONCompactEachRow', 'JSONCompactEachRowWithNames', 'JSONCompactEachRowWithNamesAndTypes', 'JSONObjectEachRow'],
  ...['JSONCompactStringsEachRow', 'JSONCompactStringsEachRowWithNames', 'JSONCompactStringsEachRowWithNamesAndTypes'],
  ...['JSONCompactEachRowWithProgress', 'JSONStringsEachRowWithProgress', 'JSONCompactStringsEachRowWithProgress'],
  ...['Pretty', 'PrettyCompact', 'PrettyCompactMonoBlock', 'PrettySpace', 'PrettyNoEscapes', 'PrettyCompactNoEscapes'],
  ...['RowBinary', 'RowBinaryWithNames', 'RowBinaryWithNamesAndTypes', 'LineAsString', 'PrettyJSONEachRow'],
  ...['TabSeparated', 'TabSeparatedWithNames', 'TabSeparatedWithNamesAndTypes', 'TabSeparatedRaw', 'TSVRaw', 'TSV'],
  ...['TSVWithNames', 'TSVWithNamesAndTypes', 'TSVRawWithNames', 'TSVRawWithNamesAndTypes', 'TabSeparatedRawWithNames'],
]);

/** output_format_schema writes a file, format_template_* and format_schema read one: families are spelled out. */
const SETTING_FAMILIES =
  /^(output_format_(json|csv|tsv|parquet|arrow|orc|pretty|native|binary|values|markdown|decimal|float|msgpack|bson|sql_insert)_\w+|input_format_(?!schema)(json|csv|tsv|values|native|binary|parquet|arrow|null|skip|defaults|import|allow|with|force)_\w+|format_(csv|tsv)_\w+|(max|min)_(rows|bytes)_(to_read|to_group_by|to_sort|in_join|in_set|in_distinct|to_transfer)(_leaf)?)$/;

const SETTINGS = new Set([
  ...['final', 'extremes', 'limit', 'offset', 'max_block_size', 'max_result_rows', 'max_result_bytes', 'priority'],
  ...[
    'result_overflow_mode',
    'read_overflow_mode',
    'timeout_overflow_mode',
    'group_by_overflow_mode',
    'join_overflow_mode',
  ],
  ...['join_use_nulls', 'join_algorithm', 'join_default_strictness', 'any_join_distinct_right_table_keys'],
  ...['transform_null_in', 'aggregate_functions_null_for_empty', 'group_by_use_nulls', 'prefer_column_name_to_alias'],
  ...['union_default_mode', 'intersect_default_mode', 'except_default_mode', 'count_distinct_implementation'],
  ...[
    'date_time_input_format',
    'date_time_output_format',
    'interval_output_format',
    'session_timezone',
    'bool_true_representation',
  ],
  ...[
    'bool_false_representation',
    'decimal_check_overflow',
    'cast_keep_nullable',
    'cast_string_to_dynamic_use_inference',
  ],
  ...[
    'use_legacy_to_time',
    'enable_time_time64_type',
    'allow_experimental_time_time64_type',
    'allow_experimental_json_type',
  ],
  ...[
    'allow_experimental_object_type',
    'allow_experimental_variant_type',
    'allow_experimental_dynamic_type',
    'enable_json_type',
  ],
  ...[
    'allow_experimental_analyzer',
    'enable_analyzer',
    'enable_optimize_predicate_expression',
    'optimize_read_in_order',
  ],
  ...[
    'log_queries',
    'log_query_threads',
    'log_formatted_queries',
    'use_query_cache',
    'send_logs_level',
    'query_plan_enable_optimizations',
  ],
  ...[
    'output_format_write_statistics',
    'output_format_trim_fixed_string',
    'output_format_always_write_decimal_point_in_float_and_decimal',
  ],
  ...['output_format_parallel_formatting', 'output_format_compression_level', 'describe_include_subcolumns'],
  ...['describe_extend_object_types', 'describe_compact_output', 'show_table_uuid_in_table_create_query_if_not_nil'],
  ...[
    'async_insert',
    'wait_for_async_insert',
    'insert_deduplicate',
    'insert_deduplication_token',
    'max_insert_block_size',
  ],
  ...['min_insert_block_size_rows', 'min_insert_block_size_bytes', 'insert_null_as_default', 'max_insert_threads'],
  ...['max_partitions_per_insert_block', 'throw_on_max_partitions_per_insert_block', 'async_insert_deduplicate'],
  ...['fsync_after_insert', 'optimize_on_insert', 'materialized_views_ignore_errors', 'throw_if_no_data_to_insert'],
]);

const SYSTEM_TABLES = new Set([
  ...['one', 'numbers', 'numbers_mt', 'zeros', 'zeros_mt', 'primes'],
  ...[
    'databases',
    'tables',
    'columns',
    'parts',
    'parts_columns',
    'projections',
    'data_skipping_indices',
    'constraints',
  ],
  ...[
    'functions',
    'table_functions',
    'aggregate_function_combinators',
    'formats',
    'data_type_families',
    'table_engines',
  ],
  ...['database_engines', 'codecs', 'collations', 'time_zones', 'keywords', 'completions', 'documentation', 'licenses'],
  ...['settings', 'settings_changes', 'merge_tree_settings', 'build_options', 'contributors', 'unicode'],
  ...[
    'current_roles',
    'enabled_roles',
    'roles',
    'quota_usage',
    'dictionaries',
    'user_defined_functions',
    'macros',
    'clusters',
  ],
]);
