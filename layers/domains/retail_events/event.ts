import { z } from 'zod';

export const TRANSACTION_TYPES = ['SALE', 'RETURN', 'RESTOCK'] as const;
export const KNOWN_CATEGORIES = ['Electronics', 'Clothing', 'Home', 'Books', 'Sports'] as const;

/**
 * One line of a till receipt or of a delivery note. Fields that the schema does not name are ignored.
 *
 * The bounds keep sums inside their columns: a million units at ten million each, ten billion times over, is still a
 * Decimal(38,4).
 */
export const retailEventSchema = z.object({
  event_time: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    .meta({ description: 'When it happened, UTC, "YYYY-MM-DD HH:MM:SS"', example: '2026-11-21 16:00:00' }),
  store_id: z.int().min(0).max(2_147_483_647).meta({ description: 'Store', example: 1 }),
  product_id: z.string().min(1).max(256).meta({ description: 'Product name', example: 'Laptop' }),
  category: z
    .string()
    .min(1)
    .max(64)
    .meta({
      description: `Category: ${KNOWN_CATEGORIES.join(', ')}; others are accepted`,
      example: 'Electronics',
    }),
  transaction_type: z.enum(TRANSACTION_TYPES).meta({ description: 'What moved the goods', example: 'SALE' }),
  quantity: z.int().min(1).max(1_000_000).meta({ description: 'Units, positive for every type', example: 5 }),
  unit_price: z.number().min(0).max(10_000_000).meta({
    description: 'Price of one unit, at most 4 decimals; zero is a gift or a write-off',
    example: 450,
  }),
  event_id: z.string().min(1).max(128).optional().meta({ description: 'Stored, never used to deduplicate' }),
});

export type RetailEvent = z.infer<typeof retailEventSchema>;
