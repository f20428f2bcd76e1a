// The report of a run log, and the page of tokens.
import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {VIEWS, accessibility, folder, launch, open, overflows, picture, run} from './harness.mjs';

let browser, files, report, tokens;

before(async () => {
  files = await folder();
  const base = {'sample': true, 'layers': 1, 'embedding-size': 16, 'heads': 2, 'steps': 30, 'eval-every': 10, 'learning-rate': 0.001};
  const variants = [{'learning-rate': 0.01}, {'learning-rate': 1}, {'layers': 2}, {'dropout': 0.3}];
  await writeFile(files.file('grid.json'), JSON.stringify({base, variants}));
  await run('sweep', '--grid', files.file('grid.json'), '--out', files.file('runs'));
  report = pathToFileURL(files.file('report.html'));
  await run('runs', 'report', '--runs', files.file('runs'), '--title', 'Settings', '--out', files.file('report.html'));
  for (const [name, type] of [['bytes', 'byte-bpe'], ['characters', 'char']]) {
    await run('tokenizer', 'train', '--type', type, '--sample', ...(type === 'char' ? ['--unknown', 'skip'] : ['--vocab', 300, '--special', '<|end|>']),
      '--out', files.file(name + '.json'));
  }
  tokens = pathToFileURL(files.file('tokens.html'));
  await run('tokenizer', 'show', '--tokenizer', files.file('bytes.json'), '--tokenizer', files.file('characters.json'),
    '--html', files.file('tokens.html'), 'H&E stained section of the liver,\nwith pleomorphic nuclei <|end|>');
  browser = await launch();
}, {timeout: 120_000});

after(async () => {
  await browser?.close();
  await files.remove();
});

for (const view of VIEWS) {
  test(`a report at ${view.width} px, ${view.scheme}`, async () => {
    const page = await open(browser, report, view);
    await page.getByText('Learning rate, gradient norm and speed').click();
    await picture(page, `report-${view.width}-${view.scheme}`);
    assert.equal(await page.title(), 'Settings');
    for (const chart of ['Loss over optimizer steps', 'Loss by setting', 'Losses of the final weights', 'Norm of the gradients', 'Speed of training']) {
      assert.equal(await page.getByRole('img', {name: chart, exact: true}).isVisible(), true, chart);
    }
    assert.equal(await overflows(page), false);
    assert.deepEqual(await accessibility(page), []);
    assert.deepEqual(page.faults, []);
  });

  test(`tokens at ${view.width} px, ${view.scheme}`, async () => {
    const page = await open(browser, tokens, view);
    await picture(page, `tokens-${view.width}-${view.scheme}`);
    assert.equal(await page.locator('.side').count(), 2);
    const id = page.locator('.tokens small').first();
    assert.equal(await id.isVisible(), true);
    await page.getByLabel('without ids').check();
    assert.equal(await id.isVisible(), false);
    assert.equal(await overflows(page), false);
    assert.deepEqual(await accessibility(page), []);
    assert.deepEqual(page.faults, []);
  });
}
