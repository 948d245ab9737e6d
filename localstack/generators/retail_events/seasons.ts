import type { Category, Product } from './catalogue.ts';

const HOUR_MS = 60 * 60 * 1000;
const YEAR_MS = 365.25 * 24 * HOUR_MS;
const PRICE_EPOCH_MS = Date.UTC(2024, 0, 1);
const YEARLY_INFLATION = 0.03;
const PRICE_SWING = 0.04;

/** January to December; 1 is the category's mean month. */
const CATEGORY_BY_MONTH: Readonly<Record<Category, readonly number[]>> = {
  Electronics: [0.8, 0.7, 0.8, 0.8, 0.9, 0.9, 0.9, 1.0, 1.0, 1.0, 1.7, 1.5],
  Clothing: [0.8, 0.8, 1.1, 1.2, 1.1, 0.9, 0.8, 0.9, 1.2, 1.1, 1.0, 1.1],
  Home: [0.9, 0.8, 1.0, 1.1, 1.1, 1.0, 0.9, 0.9, 1.0, 1.0, 1.1, 1.2],
  Books: [0.8, 0.8, 0.8, 0.9, 0.9, 1.0, 1.2, 1.1, 1.0, 0.9, 1.1, 1.5],
  Sports: [1.2, 0.9, 0.9, 1.1, 1.3, 1.3, 1.2, 1.1, 0.9, 0.8, 0.6, 0.7],
};

/** Share of each category in a mean month. */
const CATEGORY_SHARE: Readonly<Record<Category, number>> = {
  Electronics: 0.2,
  Clothing: 0.28,
  Home: 0.24,
  Books: 0.13,
  Sports: 0.15,
};

/** Sunday to Saturday. */
const WEEKDAY = [1.05, 0.85, 0.85, 0.9, 1.0, 1.2, 1.45] as const;

/** Midnight to 23:00 UTC: a peak at lunch and a higher one after work; a few web shop orders at night. */
const HOUR_OF_DAY = [
  0.1, 0.05, 0.05, 0.05, 0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.5, 1.7, 2.0, 1.8, 1.5, 1.4, 1.6, 2.1, 2.3, 1.9, 1.3, 0.8, 0.5,
  0.25,
] as const;

/** How likely a sale at this moment is to be of this category. */
export function weighCategory(category: Category, atMs: number): number {
  return CATEGORY_SHARE[category] * (CATEGORY_BY_MONTH[category][new Date(atMs).getUTCMonth()] ?? 1);
}

/** How busy the hour of this moment is, relative to a mean hour. */
export function weighHour(atMs: number): number {
  const date = new Date(atMs);
  const ofYear = (Object.keys(CATEGORY_SHARE) as Category[]).reduce((sum, one) => sum + weighCategory(one, atMs), 0);
  return ofYear * (WEEKDAY[date.getUTCDay()] ?? 1) * (HOUR_OF_DAY[date.getUTCHours()] ?? 1);
}

/** The product's price at this moment, in whole cents: inflation, and a slow yearly swing of its own. */
export function priceAt([name, basePrice]: Product, atMs: number): number {
  const years = (atMs - PRICE_EPOCH_MS) / YEAR_MS;
  const swing = 1 + PRICE_SWING * Math.sin(2 * Math.PI * (years + name.length / 20));
  return Math.round(basePrice * (1 + YEARLY_INFLATION) ** years * swing * 100) / 100;
}
