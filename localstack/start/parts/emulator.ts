import { type EmulatorCommand, isEmulatorReady } from '../../emulator/command.ts';
import type { Part } from '../part.ts';
import { pickMatching } from './important-lines.ts';

export function buildEmulatorPart(emulator: EmulatorCommand, base: Record<string, string>): Part {
  return {
    name: 'emulator',
    command: emulator.command,
    args: emulator.args,
    env: { ...base, ...emulator.env },
    isReady: () => isEmulatorReady(emulator.url),
    pickImportant: pickMatching(/\b(ERROR|CRITICAL)\b/),
  };
}
