/** An error as ClickHouse reports it: numeric code, name and the text that follows `DB::Exception:`. */
export class ClickHouseError extends Error {
  readonly code: number;
  readonly codeName: string;

  constructor(code: number, codeName: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClickHouseError';
    this.code = code;
    this.codeName = codeName;
  }
}

export const syntaxError = (message: string): ClickHouseError => new ClickHouseError(62, 'SYNTAX_ERROR', message);
export const badArguments = (message: string): ClickHouseError => new ClickHouseError(36, 'BAD_ARGUMENTS', message);
export const accessDenied = (message: string): ClickHouseError => new ClickHouseError(497, 'ACCESS_DENIED', message);

const ENGINE_MESSAGE =
  /^(?:Code: (\d+)\. DB::Exception: )+([\s\S]*?)(?:\.? \((\w+)\))?(?: \(version [^)]*\)\.? ?\(\w+\))?\s*$/;

/** Reads what the engine threw: `Code: 60. DB::Exception: … (UNKNOWN_TABLE)`; anything else becomes code 1002. */
export function fromEngineError(error: unknown): ClickHouseError {
  if (error instanceof ClickHouseError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const match = ENGINE_MESSAGE.exec(text);
  if (!match) return new ClickHouseError(1002, 'UNKNOWN_EXCEPTION', text, { cause: error });
  const [, code, message, codeName] = match;
  return new ClickHouseError(Number(code), codeName ?? 'UNKNOWN_EXCEPTION', message ?? text, { cause: error });
}

/** The body ClickHouse sends: one line beginning with `Code: N. DB::Exception:`. */
export function formatError(error: ClickHouseError, version: string): string {
  return `Code: ${error.code}. DB::Exception: ${error.message}. (${error.codeName}) (version ${version} (chdb))\n`;
}

/** HTTP status of a code. Source: ClickHouse src/Server/HTTP/exceptionCodeToHTTPStatus.cpp (read 2026-11-21). */
export function toHttpStatus(code: number): number {
  return STATUS_OF_CODE.get(code) ?? 500;
}

const CODES_OF_STATUS: Record<number, number[]> = {
  // SYNTAX_ERROR, BAD_ARGUMENTS, TYPE_MISMATCH, values that cannot be parsed, syntax trees malformed or too big …
  400: [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676],
  // REQUIRED_PASSWORD
  401: [194],
  // UNKNOWN_USER, WRONG_PASSWORD, ACCESS_DENIED, SET_NON_GRANTED_ROLE, AUTHENTICATION_FAILED
  403: [192, 193, 497, 512, 516],
  // Unknown function, identifier, type, storage, table, format, database, setting, role …
  404: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511],
  // TIMEOUT_EXCEEDED, HTTP_LENGTH_REQUIRED, QUERY_IS_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, NOT_IMPLEMENTED
  408: [159],
  411: [381],
  413: [229],
  415: [779],
  501: [48],
  // CANNOT_OPEN_FILE, SOCKET_TIMEOUT, CANNOT_SCHEDULE_TASK
  503: [76, 209, 439],
};
const STATUS_OF_CODE = new Map(
  Object.entries(CODES_OF_STATUS).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);
