import { describe, expect, it } from '@jest/globals';
import {
  describeBytes,
  describeDiscard,
  describeEmptyList,
  describeReplay,
  type LetterChoice,
  pathOf,
  scopeOf,
  toCommand,
  toListParameters,
  toScope,
} from '../../../functions/serving/dashboard/model/dead-letters.ts';

const choice: LetterChoice = { stream: '', reason: '', state: 'open', cursor: '' };
const letter = { stream: 'deliveries', partition: 2, offset: 4017 };

describe('the list of dead letters', () => {
  it('asks only for what is chosen', () => {
    expect(toListParameters(choice)).toEqual({ state: 'open', limit: 10 });
    expect(toListParameters({ stream: 'deliveries', reason: 'wrong_type', state: 'all', cursor: 'abc' })).toEqual({
      state: 'all',
      limit: 10,
      stream: 'deliveries',
      reason: 'wrong_type',
      cursor: 'abc',
    });
  });
});

describe('an empty list', () => {
  it.each([
    ['No refused records', { state: 'all' }, 'One that cannot'],
    ['No refused records', { state: 'all', stream: 'deliveries' }, 'One of deliveries that cannot'],
    ['Nothing to do', {}, 'No refused record waits'],
    ['Nothing to do', { stream: 'deliveries' }, 'No refused record of deliveries waits'],
    ['No such dead letter', { reason: 'wrong_type' }, 'Choose another'],
    ['No such dead letter', { state: 'discarded' }, 'Choose another'],
  ] as const)('says "%s" of %j', (title, change, hint) => {
    expect(describeEmptyList({ ...choice, ...change })).toEqual({ title, hint: expect.stringContaining(hint) });
  });
});

describe('what is replayed or discarded', () => {
  it('is never more than one stream', () => {
    expect(toScope({ ...choice, reason: 'wrong_type' })).toBeUndefined();
    expect(toScope({ ...choice, stream: 'deliveries' })).toEqual({ stream: 'deliveries' });
    expect(toScope({ ...choice, stream: 'deliveries', reason: 'wrong_type' })).toEqual({
      stream: 'deliveries',
      reason: 'wrong_type',
    });
  });

  it('is one record by its position, the end of the range left out', () => {
    expect(scopeOf(letter)).toEqual({ stream: 'deliveries', partition: 2, from_offset: 4017, to_offset: 4018 });
    expect(pathOf(letter)).toBe('v1/dead-letters/deliveries/2/4017');
  });

  it('is a dry run as a command, and a discard says why', () => {
    expect(toCommand('replay', { stream: 'deliveries' })).toBe(
      `npm run invoke -- replayDeadLetters --data '{"stream":"deliveries","dryRun":true}'`,
    );
    expect(toCommand('discard', { stream: 'deliveries' })).toContain('"comment":');
  });
});

describe('the bytes of a record', () => {
  const bytesOf = (text: string) => ({ base64: Buffer.from(text).toString('base64'), text });

  it('are shown as the text that was sent, not tidied up', () => {
    expect(describeBytes(bytesOf('{"a" :\t"é"'))).toEqual({ text: '{"a" :\t"é"', note: '11 bytes, UTF-8' });
  });

  it('are dumped where they are not UTF-8', () => {
    const base64 = Buffer.from([0xff, 0x41, 0x00, ...new Array(14).fill(0x42)]).toString('base64');

    expect(describeBytes({ base64, text: null })).toEqual({
      text: [
        '00000000  ff 41 00 42 42 42 42 42 42 42 42 42 42 42 42 42  .A.BBBBBBBBBBBBB',
        `00000010  42${' '.repeat(45)}  B`,
      ].join('\n'),
      note: '17 bytes, not UTF-8',
    });
  });

  it('of a large value are shown from the beginning only, and it says so', () => {
    const { text, note } = describeBytes(bytesOf('x'.repeat(100_000)));

    expect(text).toHaveLength(16_384);
    expect(note).toBe('100,000 bytes, UTF-8, the beginning');
  });

  it('are told from none', () => {
    expect(describeBytes(null).note).toBe('none');
    expect(describeBytes(bytesOf('')).note).toBe('0 bytes, UTF-8');
  });
});

describe('the outcome', () => {
  const stream = 'deliveries';
  const counts = { examined: 30, replayed: 12, still_invalid: { wrong_type: 18 } };
  const replay = { stream, dry_run: true, ...counts, is_complete: true, next_cursor: null };

  it('of a dry run says what would happen', () => {
    expect(describeReplay(replay)).toBe('12 of 30 dead letters would be replayed. Still refused: wrong_type 18.');
    expect(describeDiscard({ stream, dry_run: true, discarded: 1, is_complete: true, next_cursor: null })).toBe(
      '1 dead letter would be discarded.',
    );
  });

  it('says so when there are more', () => {
    expect(
      describeReplay({ ...replay, dry_run: false, still_invalid: {}, is_complete: false, next_cursor: 'abc' }),
    ).toBe('12 of 30 dead letters are in the topic again. There are more.');
  });
});
