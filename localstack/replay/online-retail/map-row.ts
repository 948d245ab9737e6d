import type { RetailEvent } from '@tidemark/domains/retail_events/event';

/** One line of an invoice, as the CSV has it. */
export interface OnlineRetailRow {
  readonly invoiceNo: string;
  readonly stockCode: string;
  readonly description: string;
  readonly quantity: string;
  /** "YYYY-MM-DD HH:MM:SS". */
  readonly invoiceDate: string;
  readonly unitPrice: string;
  readonly country: string;
}

/** A country is a store. The number is its rank by rows in the file, so that it stays put for `--limit` too. */
export const STORE_ID_BY_COUNTRY: Readonly<Record<string, number>> = Object.fromEntries(
  [
    ...['United Kingdom', 'Germany', 'France', 'EIRE', 'Spain', 'Netherlands', 'Belgium', 'Switzerland', 'Portugal'],
    ...['Australia', 'Norway', 'Italy', 'Channel Islands', 'Finland', 'Cyprus', 'Sweden', 'Unspecified', 'Austria'],
    ...[
      'Denmark',
      'Japan',
      'Poland',
      'Israel',
      'USA',
      'Hong Kong',
      'Singapore',
      'Iceland',
      'Canada',
      'Greece',
      'Malta',
    ],
    ...['United Arab Emirates', 'European Community', 'RSA', 'Lebanon', 'Lithuania', 'Brazil', 'Czech Republic'],
    ...['Bahrain', 'Saudi Arabia'],
  ].map((country, index) => [country, index + 1]),
);

/** The store of a country that the table above does not have. */
const OTHER_STORE_ID = 0;

/** The first whose words are in the description decides; a gift shop's remaining goods are for the home. */
const CATEGORY_RULES: readonly (readonly [category: string, words: RegExp])[] = [
  ['Sports', matchWords('GAMES? BALLS? SKIPPING BICYCLE BIKE PICNIC CAMPING YO-?YO KITE FOOTBALL TENNIS SKITTLES')],
  ['Sports', matchWords('CROQUET ROUNDERS SWIMMING GOLF DARTS? DOMINOES CHESS PUZZLES?')],
  ['Books', matchWords('(NOTE)?BOOKS? JOURNAL DIARY (POST)?CARDS? CALENDAR STICKERS? PENCILS? PENS? CRAYONS?')],
  ['Books', matchWords('CHALK STATIONE?RY WRAP MEMO STAMPS?')],
  ['Electronics', matchWords('RADIO TELEPHONE CLOCKS? TIMER BATTER(Y|IES) USB LED CALCULATOR TORCH LAMPS? BULBS?')],
  ['Electronics', matchWords('(?<!T-)(?<!TEA\\s)LIGHTS NIGHT\\sLIGHT')],
  ['Clothing', matchWords('(HAND|BACK)?BAGS? SHOPPER PURSE RUCKSACK UMBRELLA APRON SHIRTS? SCARF GLOVES? SOCKS?')],
  ['Clothing', matchWords('MITTENS? HATS? SLIPPERS? PONCHO RAINCOAT NECKLACE BRACELET EARRINGS? RINGS? BROOCH HAIR')],
];
const OTHER_CATEGORY = 'Home';

/**
 * Makes the row an event. It decides nothing about validity: two rows have a negative price, and the judge makes dead
 * letters of them.
 *
 * @param rowNumber 1 for the first row below the header; invoices repeat products, so it makes the id unique
 */
export function mapRow(row: OnlineRetailRow, rowNumber: number): RetailEvent {
  const quantity = Number(row.quantity);
  const isReturn = quantity < 0 || row.invoiceNo.startsWith('C');
  const description = row.description.trim();
  return {
    event_time: row.invoiceDate,
    store_id: STORE_ID_BY_COUNTRY[row.country] ?? OTHER_STORE_ID,
    product_id: description || row.stockCode,
    category: CATEGORY_RULES.find(([, words]) => words.test(description))?.[0] ?? OTHER_CATEGORY,
    transaction_type: isReturn ? 'RETURN' : 'SALE',
    quantity: Math.abs(quantity),
    unit_price: Number(row.unitPrice),
    event_id: `${row.invoiceNo}-${rowNumber}`,
  };
}

function matchWords(words: string): RegExp {
  return new RegExp(`\\b(?:${words.replaceAll(' ', '|')})\\b`, 'i');
}
