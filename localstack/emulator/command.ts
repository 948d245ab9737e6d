import { join } from 'node:path';
import type { EmulatorInstall } from './install.ts';

export interface EmulatorCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The endpoint of every AWS service, S3 too (path style). */
  readonly url: string;
}

/**
 * How to run ministack on the loopback address. All it knows lies below `<stateDir>/emulator`: objects are on disk
 * before they are acknowledged, the other services' state is written at SIGTERM. The two belong together; delete both
 * or none.
 */
export function buildEmulatorCommand(install: EmulatorInstall, stateDir: string, port: number): EmulatorCommand {
  const home = join(stateDir, 'emulator');
  return {
    command: install.python,
    args: ['-m', 'ministack'],
    env: {
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      PERSIST_STATE: '1',
      STATE_DIR: join(home, 'state'),
      S3_PERSIST: '1',
      S3_DATA_DIR: join(home, 's3'),
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      PYTHONUNBUFFERED: '1',
    },
    url: `http://127.0.0.1:${port}`,
  };
}

/** Whether ministack answers. */
export async function isEmulatorReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
}
