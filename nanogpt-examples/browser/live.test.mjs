// The page that follows runs, while they go on and as a file.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {VIEWS, accessibility, folder, launch, open, overflows, picture, start} from './harness.mjs';

let browser, files;

before(async () => {
  files = await folder();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await files.remove();
});

const OPTIONS = ['--sample', '--layers', 1, '--embedding-size', 16, '--heads', 2, '--eval-every', 20, '--sample-prompt', 'H&E'];

/** The number after a label in the line under a chart. */
async function reading(page, chart, label) {
  const text = await page.locator(`#${chart} .readout`).textContent();
  const match = text.match(new RegExp(label + ' ([0-9.]+)'));
  assert.ok(match, `no ${label} in: ${text}`);
  return Number(match[1]);
}

test('a page follows a run, writes a checkpoint and ends it', {timeout: 120_000}, async () => {
  const run = start('train', ...OPTIONS, '--steps', 100000, '--watch', '--watch-weights', '--watch-out', files.file('watched.html'),
    '--checkpoint-every', 100000, '--out', files.file('model'));
  const [, address] = await run.until(/watch at (\S+)/);
  const page = await open(browser, address);
  const card = page.getByRole('article');
  await page.waitForFunction(() => /\d/.test(document.querySelector('#loss .readout').textContent));
  assert.equal(await page.locator('#connection').textContent(), 'live');
  assert.match(await card.textContent(), /step of 100,000/);

  await page.getByRole('button', {name: 'Checkpoint now'}).click();
  await card.getByText(/checkpoint of step \d/).waitFor();
  await page.getByText('Samples').waitFor();
  await page.locator('#weights-list figure').first().waitFor();

  await page.getByRole('button', {name: 'Stop'}).click();
  await card.getByText('finished').waitFor();
  assert.match(await card.textContent(), /stopped/);
  assert.equal(await run.ended, 0);
  await page.locator('#connection.lost').waitFor();
  const faults = page.faults.filter(fault => !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(fault));
  assert.deepEqual(faults, []);
});

for (const view of VIEWS) {
  test(`the page as a file at ${view.width} px, ${view.scheme}`, {timeout: 60_000}, async () => {
    const page = await open(browser, pathToFileURL(files.file('watched.html')), view);
    await page.waitForFunction(() => /\d/.test(document.querySelector('#loss .readout').textContent));
    await picture(page, `live-${view.width}-${view.scheme}`);
    assert.equal(await overflows(page), false);
    assert.deepEqual(await accessibility(page), []);
    assert.deepEqual(page.faults, []);
  });
}

test('charts answer the pointer, the keyboard and the controls', {timeout: 60_000}, async () => {
  const page = await open(browser, pathToFileURL(files.file('watched.html')));
  await page.waitForFunction(() => /\d/.test(document.querySelector('#loss .readout').textContent));
  const last = await reading(page, 'loss', 'training');

  const chart = page.locator('#loss .plot');
  const box = await page.locator('#loss .u-over').boundingBox();
  await page.mouse.move(box.x + 0.1 * box.width, box.y + box.height / 2);
  const first = await reading(page, 'loss', 'step');
  assert.ok(await reading(page, 'loss', 'training') > last, 'the loss has fallen');
  assert.equal(await reading(page, 'rate', 'step'), first, 'the charts share their cursor');

  await chart.focus();
  await page.keyboard.press('Home');
  const home = await reading(page, 'loss', 'step');
  await page.keyboard.press('ArrowRight');
  assert.ok(await reading(page, 'loss', 'step') > home);

  await page.getByLabel('Smoothing').fill('0');
  await page.waitForFunction(() => document.getElementById('smoothing-value').textContent === 'none');
  await page.getByLabel('Loss axis').selectOption('log');
  await page.locator('#loss h3').getByText('logarithmic').waitFor();
  await chart.focus();
  await page.keyboard.press('End');
  const end = await reading(page, 'loss', 'training');
  assert.match(await page.locator('#loss .readout').textContent(), /step/);
  await page.getByLabel('Over').selectOption('tokens');
  await page.locator('#loss .readout').getByText('tokens').waitFor();
  assert.equal(await reading(page, 'loss', 'training'), end, 'the cursor stays where it is on another axis');
  assert.deepEqual(page.faults, []);
});
