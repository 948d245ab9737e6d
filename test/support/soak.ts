import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { tell } from './tell.ts';

/** Whether this is `npm run test:soak`: everything, for as long as it takes; `npm test` takes a share of it. */
export const isSoak = process.env.TIDEMARK_SOAK === '1';

const REPORT = fileURLToPath(new URL('../../docs/soak.md', import.meta.url));
const HEAD = `# The last soak

What \`npm run test:soak\` printed last. Each part is replaced as a whole when it has run through.
`;

/** Prints what a part of the soak found; in a soak it also becomes that part of \`docs/soak.md\`. */
export async function reportSoak(title: string, lines: readonly string[]): Promise<void> {
  for (const line of [title, ...lines]) tell(line);
  if (!isSoak) return;
  const parts = (await readReport()).split(/^(?=## )/m).filter((part) => !part.startsWith(`## ${title}\n`));
  const part = `## ${title}\n\n${lines.join('\n')}\n`;
  await writeFile(REPORT, [...parts.map((other) => `${other.trimEnd()}\n`), part].join('\n'));
}

async function readReport(): Promise<string> {
  try {
    return await readFile(REPORT, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return HEAD;
    throw error;
  }
}
