import { describe, expect, it } from '@jest/globals';
import {
  formatCount,
  formatDuration,
  formatHeadline,
  formatMoney,
  formatMoneyHeadline,
  formatNoun,
  formatRate,
  formatShare,
  UNKNOWN,
} from '../../../functions/serving/dashboard/model/format.ts';

describe('numbers on the dashboard', () => {
  it('group thousands', () => {
    expect(formatCount(541909)).toBe('541,909');
  });

  it('are exact in headlines up to a million', () => {
    expect([999_999, 1_234_567].map(formatHeadline)).toEqual(['999,999', '1.23M']);
  });

  it('show money with two decimals, exact beyond what a double holds', () => {
    expect(formatMoney('12345678901234567.1900')).toBe('12,345,678,901,234,567.19');
    expect(formatMoney('450.5')).toBe('450.50');
    expect(formatMoney('-0.125')).toBe('-0.13');
  });

  it('shorten money in headlines from a million on', () => {
    expect(['999999.99', '9747747.93', '-1500000'].map(formatMoneyHeadline)).toEqual(['999,999.99', '9.75M', '-1.5M']);
  });

  it('show shares, and none where there is no whole', () => {
    expect(formatShare(1, 8)).toBe('12.5%');
    expect(formatShare(0, 0)).toBe(UNKNOWN);
  });

  it('choose the unit of a duration', () => {
    expect([0, 240, 2400, 180_000].map(formatDuration)).toEqual(['0 ms', '240 ms', '2.4 s', '3 min']);
  });

  it('say that they are not known', () => {
    expect([formatCount(null), formatRate(null), formatDuration(null)]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
  });

  it('count nouns', () => {
    expect([formatNoun(1, 'record'), formatNoun(2500, 'record')]).toEqual(['1 record', '2,500 records']);
  });
});
