import { describe, expect, it } from '@jest/globals';
import { hasErrorType, isWorthRetrying } from '@tidemark/platform/kafka/kafkajs-errors';
import { UnknownTopic } from '@tidemark/platform/kafka/log-errors';
import {
  KafkaJSConnectionError,
  KafkaJSGroupCoordinatorNotFound,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSSASLAuthenticationError,
} from 'kafkajs/src/errors.js';

const CONNECTION_LOST = new KafkaJSConnectionError('Connection closed unexpectedly');
const NO_COORDINATOR = new KafkaJSGroupCoordinatorNotFound('Failed to find group coordinator');
const REFUSED = new KafkaJSSASLAuthenticationError('wrong password');

describe('an error of kafkajs', () => {
  it.each([
    ['a lost connection', CONNECTION_LOST],
    ['the coordinator that no broker names', NO_COORDINATOR],
    ['either, as an operation wraps it', new KafkaJSNonRetriableError(NO_COORDINATOR, { cause: NO_COORDINATOR })],
    [
      'what kafkajs has tried often enough',
      new KafkaJSNumberOfRetriesExceeded(CONNECTION_LOST, { retryCount: 5, retryTime: 1 }),
    ],
  ])('is worth another try: %s', (_, error) => {
    expect(isWorthRetrying(error)).toBe(true);
  });

  it.each([
    ['credentials that are refused', REFUSED],
    ['the same, as an operation wraps it', new KafkaJSNonRetriableError(REFUSED, { cause: REFUSED })],
    ['what our own error calls final, whatever kafkajs said', new UnknownTopic('orders', CONNECTION_LOST)],
    ['what is not an error', 'Connection closed unexpectedly'],
  ])('is final: %s', (_, error) => {
    expect(isWorthRetrying(error)).toBe(false);
  });

  it('is told by its type of the protocol, however deep it is wrapped', () => {
    const fenced = Object.assign(new Error('fenced'), { type: 'PRODUCER_FENCED' });
    const wrapped = new KafkaJSNonRetriableError(fenced, { cause: fenced });

    expect(hasErrorType(wrapped, 'INVALID_TXN_STATE', 'PRODUCER_FENCED')).toBe(true);
    expect(hasErrorType(wrapped, 'INVALID_TXN_STATE')).toBe(false);
    expect(hasErrorType(undefined, 'PRODUCER_FENCED')).toBe(false);
  });
});
