import { z } from 'zod';
import { ISO_DATE_TIME } from '../calendar.ts';

export const EVENT_TYPES = ['login', 'click', 'purchase', 'logout'] as const;
export const SOURCES = ['web', 'mobile'] as const;

/** Thirty-two hexadecimal digits, whatever their version bits say: producers' ids are taken as they are. */
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** One thing that a user did. Every field must be there; fields that the schema does not name are ignored. */
export const userEventSchema = z.object({
  event_id: z.string().regex(UUID).meta({
    description: 'Id of the event, a UUID in upper or lower case: it counts once, however often it is sent',
    example: '0d9c1e4a-3f60-4b7e-9a51-6f2f6f0f6c11',
  }),
  user_id: z.int().min(0).max(2_147_483_647).meta({ description: 'User', example: 42 }),
  event_type: z.enum(EVENT_TYPES).meta({ description: 'What the user did', example: 'purchase' }),
  page: z.string().min(1).max(1024).meta({ description: 'Page on which it happened', example: '/checkout' }),
  timestamp: z.string().regex(ISO_DATE_TIME).meta({
    description: 'When it happened, ISO 8601; UTC unless it names a zone; kept to the millisecond',
    example: '2026-02-06T14:30:00',
  }),
  source: z.enum(SOURCES).meta({ description: 'Where the user was', example: 'web' }),
});

export type UserEvent = z.infer<typeof userEventSchema>;
