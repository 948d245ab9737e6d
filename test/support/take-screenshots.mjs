// Takes the pictures of the dashboard's pages in docs/images from a running stack.
// Use: node test/support/take-screenshots.mjs [http://127.0.0.1:3000]   CHROMIUM_PATH: the browser, else /usr/bin/chromium
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const PAGES = {
  home: '#/',
  'real-time-sales': '#/sales',
  'user-activity': '#/activity',
  operations: '#/operations?stream=user_events',
};
/** What fits a README, and keeps each image below 200 KB. */
const VIEWPORT = { width: 1200, height: 1120 };
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const baseUrl = process.argv[2] ?? 'http://127.0.0.1:3000';
const imagesDir = new URL('../../docs/images/', import.meta.url);

await mkdir(imagesDir, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: CHROMIUM_FLAGS,
});
try {
  for (const [name, hash] of Object.entries(PAGES)) await takeScreenshot(name, hash);
} finally {
  await browser.close();
}

async function takeScreenshot(name, hash) {
  const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light' });
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(new URL(hash, baseUrl).href);
  await page.locator('.skeleton, .bone').first().waitFor({ state: 'detached' });
  // A rate needs two looks: wait for the second round to end.
  await page.locator('.figure-note', { hasText: 'measuring' }).waitFor({ state: 'detached', timeout: 20_000 });
  const path = new URL(`${name}.png`, imagesDir).pathname;
  await page.screenshot({ path });
  await page.close();
  if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
  console.log(path);
}
