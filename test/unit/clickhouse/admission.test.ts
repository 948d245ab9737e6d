import { describe, expect, it } from '@jest/globals';
import { createAdmission } from '../../../localstack/clickhouse/admission.ts';
import { PROFILES } from '../../../localstack/clickhouse/users.ts';

const profile = { ...PROFILES.query, maxConcurrent: 1, maxWaitMs: 10 };

describe('admission', () => {
  it('lets statements in one after another, in their order', async () => {
    const { enter } = createAdmission();
    const patient = { ...profile, maxWaitMs: 10_000 };
    const leave = await enter(patient);
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (number) => {
      const leaveAfter = await enter(patient);
      order.push(number);
      leaveAfter();
    });
    expect(order).toEqual([]);
    leave();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  it('refuses who has waited too long, and loses no place by it', async () => {
    const { enter } = createAdmission();
    const leave = await enter(profile);
    await expect(enter(profile)).rejects.toMatchObject({ code: 202 });
    leave();
    (await enter(profile))();
    await expect(enter(profile)).resolves.toBeInstanceOf(Function);
  });

  it('keeps users apart', async () => {
    const { enter } = createAdmission();
    await enter(profile);
    await expect(enter({ ...PROFILES.ingest, maxConcurrent: 1 })).resolves.toBeInstanceOf(Function);
  });
});
