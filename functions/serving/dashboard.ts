/**
 * Serving layer: the dashboard's page, script, style sheet and icon. The browser asks /v1 itself.
 *
 * Trigger: GET /, GET /assets/{proxy+}
 * Reads:   nothing
 * Writes:  nothing; every answer is a constant of the build
 */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { answerAsset, makeAsset } from './dashboard/assets.ts';
import appJs from './dashboard/browser/main.ts?browser';
import appCss from './dashboard/browser/styles/app.css?browser';
import { ICON, PAGE } from './dashboard/page.ts';

const assets = new Map([
  ['/', makeAsset('text/html; charset=utf-8', PAGE)],
  ['/assets/app.js', makeAsset('text/javascript; charset=utf-8', appJs)],
  ['/assets/app.css', makeAsset('text/css; charset=utf-8', appCss)],
  ['/assets/icon.svg', makeAsset('image/svg+xml', ICON)],
]);

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  return answerAsset(assets, { path: event.path, headers: event.headers });
}
