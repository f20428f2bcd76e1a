// Opens the page in headless Chromium with a model: node test.mjs FOLDER
import assert from 'node:assert/strict';
import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';
import { serve } from './serve.mjs';

const server = await serve(process.argv[2] ?? 'model', 0);
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? (await chromium.executablePath()),
  args: chromium.args,
  headless: 'shell',
});
try {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', error => errors.push(error.message));
  await page.goto(`http://localhost:${server.address().port}/`);
  const text = id => page.$eval(`#${id}`, element => element.textContent);
  const settled = () => page.waitForFunction(
    () => document.getElementById('status').textContent !== 'loading', { timeout: 60_000 });
  await settled();
  assert.match(await text('status'), /^\d+ tokens\/s$/);
  const speed = await text('status');
  const first = await text('continuation');
  assert.equal([...first].length, 120);

  // Probabilities of the next token are there, sorted, and the continuation begins with the first of them.
  const rows = await page.$$eval('#probabilities tr', all => all.map(row => [...row.children].map(cell => cell.textContent)));
  assert.ok(rows.length > 1 && Number(rows[0][1]) >= Number(rows[1][1]));
  assert.ok(first.startsWith(JSON.parse(rows[0][0])));

  // As one types what it wrote, it writes the rest.
  const type = async characters => {
    await page.$eval('#status', element => { element.textContent = 'loading'; });
    await page.$eval('#prompt', element => { element.focus(); element.setSelectionRange(9999, 9999); });
    await page.keyboard.type(characters);
    await settled();
  };
  await type(first[0]);
  assert.equal((await text('continuation')).slice(0, 20), first.slice(1, 21));

  await type('\u{1F600}');
  assert.match(await text('status'), /is not among the \d+ of this model/);
  assert.deepEqual(errors, []);
  console.log(`headless Chromium: ${JSON.stringify(first.slice(0, 60))}, ${speed}, passed`);
} finally {
  await browser.close();
  server.close();
}
