import { describe, expect, it } from '@jest/globals';
import { createTurnstile } from '../../../functions/serving/dashboard/model/turnstile.ts';

describe('the turnstile', () => {
  it('lets so many in, and the next in order as one leaves, also one that failed', async () => {
    const takeTurn = createTurnstile(2);
    const started: string[] = [];
    const leave: Record<string, (error?: Error) => void> = {};
    const enter = (name: string) =>
      takeTurn(() => {
        started.push(name);
        return new Promise<string>((resolve, reject) => {
          leave[name] = (error) => (error === undefined ? resolve(name) : reject(error));
        });
      });

    const works = ['a', 'b', 'c', 'd'].map(enter);
    const failing = expect(works[0]).rejects.toThrow('no answer');
    expect(started).toEqual(['a', 'b']);

    leave.a?.(new Error('no answer'));
    await failing;
    expect(started).toEqual(['a', 'b', 'c']);

    leave.c?.();
    await expect(works[2]).resolves.toBe('c');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });
});
