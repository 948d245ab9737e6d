import { SimpleFaker } from '@faker-js/faker';
import { formatDateTimeUtc } from '@tidemark/domains/calendar';
import { KNOWN_CATEGORIES, type RetailEvent } from '@tidemark/domains/retail_events/event';
import { CATALOGUE } from './catalogue.ts';
import { priceAt, weighCategory } from './seasons.ts';

const TRANSACTION_MIX = [
  { value: 'SALE', weight: 90 },
  { value: 'RETURN', weight: 7 },
  { value: 'RESTOCK', weight: 3 },
] as const;

const UNITS = {
  SALE: [
    { value: 1, weight: 60 },
    { value: 2, weight: 22 },
    { value: 3, weight: 10 },
    { value: 5, weight: 6 },
    { value: 10, weight: 2 },
  ],
  RETURN: [
    { value: 1, weight: 90 },
    { value: 2, weight: 10 },
  ],
  RESTOCK: [
    { value: 24, weight: 50 },
    { value: 48, weight: 35 },
    { value: 96, weight: 15 },
  ],
} as const;

/** What the store pays for its goods, of what it takes for them. */
const COST_SHARE = 0.6;

/** Stores 1 to 10, each busier than the next. */
const STORES = rank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

const PRODUCTS = Object.fromEntries(KNOWN_CATEGORIES.map((category) => [category, rank(CATALOGUE[category])]));

export interface TransactionSource {
  /** Makes up what happens at this moment, milliseconds since 1970 UTC. */
  next(atMs: number): RetailEvent;
  /** A random number in [0, 1), from the same seed. */
  random(): number;
}

/** The same seed and the same moments make the same transactions. */
export function createTransactionSource(seed: number): TransactionSource {
  const faker = new SimpleFaker({ seed });
  const pick = faker.helpers.weightedArrayElement;

  return {
    random: () => faker.number.float(),
    next(atMs) {
      const category = pick(KNOWN_CATEGORIES.map((value) => ({ value, weight: weighCategory(value, atMs) })));
      const product = pick(PRODUCTS[category] ?? []);
      const type = pick(TRANSACTION_MIX);
      const price = priceAt(product, atMs);
      return {
        event_time: formatDateTimeUtc(atMs),
        store_id: pick(STORES),
        product_id: product[0],
        category,
        transaction_type: type,
        quantity: pick<number>(UNITS[type]),
        unit_price: type === 'RESTOCK' ? roundToCents(price * COST_SHARE) : price,
        event_id: faker.string.uuid(),
      };
    },
  };
}

/** Zipf-like: the n-th of a list is worth 1/√n of the first. */
function rank<T>(values: readonly T[]): readonly { value: T; weight: number }[] {
  return values.map((value, index) => ({ value, weight: 1 / Math.sqrt(index + 1) }));
}

function roundToCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
