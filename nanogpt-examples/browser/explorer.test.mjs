// The explorer of a model: its page on a server, the same as a folder that runs in the browser, and that both agree.
import assert from 'node:assert/strict';
import {copyFile, mkdir, readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import {dirname, extname, join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {VIEWS, accessibility, folder, launch, open, overflows, picture, run, start} from './harness.mjs';

const RUNTIME = ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];
const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm'};
const TEXT = 'H&E stained section';

/** What both languages are tested with. */
const RESOURCES = new URL('../../nanogpt-impl/src/test/resources/', import.meta.url);

let browser, files;
const urls = {};
const ends = [];

const resource = async name => JSON.parse(await readFile(new URL(name, RESOURCES)));

/** A server of the files of a folder. */
async function publish(path) {
  const server = createServer(async (request, response) => {
    const name = request.url === '/' ? '/index.html' : request.url;
    try {
      const content = await readFile(join(path, name));
      response.writeHead(200, {'content-type': TYPES[extname(name)] ?? 'application/octet-stream'}).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  ends.push(() => server.close());
  return `http://127.0.0.1:${server.address().port}/`;
}

async function serve(model) {
  const command = start('explore', '--model', model);
  ends.push(() => command.stop());
  return (await command.until(/http:\S+/))[0];
}

async function publishFolder(model, path) {
  await run('explore', '--model', model, '--out', path);
  await mkdir(join(path, 'ort'), {recursive: true});
  const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  await Promise.all(RUNTIME.map(name => copyFile(join(dist, name), join(path, 'ort', name))));
  return publish(path);
}

before(async () => {
  files = await folder();
  await run('train', '--sample', '--layers', 2, '--heads', 2, '--embedding-size', 32, '--context-length', 48, '--steps', 150,
    '--learning-rate', 0.01, '--out', files.file('characters'));
  urls.served = await serve(files.file('characters'));
  urls.folder = await publishFolder(files.file('characters'), files.file('page'));
  browser = await launch();
}, {timeout: 300_000});

after(async () => {
  await browser?.close();
  for (const end of ends) {
    await end();
  }
  await files.remove();
});

/** Waits until a text is read and all its parts are shown. */
async function settled(page) {
  await page.waitForFunction(() => document.getElementById('status').textContent === ''
    && document.querySelectorAll('#lens-table td').length > 0
    && document.querySelectorAll('#neighbours li').length > 0
    && document.getElementById('fault').hidden);
}

async function enter(page, text) {
  await page.fill('#text', text);
  await page.waitForFunction(length => document.querySelectorAll('#tokens button').length === length
    && document.querySelectorAll('#lens-table thead th').length === length, text.length);
  await settled(page);
}

const texts = (page, selector) => page.locator(selector).allTextContents();

/** The numbers that a form of the page gets for a text. */
async function numbers(page, form, text) {
  return page.evaluate(async ([script, given]) => {
    const source = await (await import(script)).open();
    const removed = [[0, 1]];
    const {ids, losses, candidates, logits} = await source.inspect({text: given}, removed);
    const lens = await Promise.all([0, 1, 2].map(layer => source.lens(ids, removed, layer)));
    const map = await source.map();
    return {
      ids,
      losses: losses.slice(1),
      likeliest: candidates.map(best => best[0][0]),
      logits: Array.from(logits),
      attention: Array.from(await source.attention(ids, removed, 1)),
      whole: Array.from(await source.attention(ids, [], 1)),
      part: Array.from(await source.attention(ids, [], 1, {from: 3, to: 9})),
      next: Array.from(await source.next(ids, removed)),
      lens: lens.flatMap(layer => layer.map(best => best[0][1])),
      neighbours: (await source.neighbours(5, 4)).flat(),
      map: [...map.x, ...map.y, map.shareX, map.shareY],
      induction: (await source.induction([])).flat(),
    };
  }, [`./${form}.js`, text]);
}

for (const form of ['served', 'folder']) {
  describe(`an explorer, ${form}`, () => {
    for (const view of VIEWS) {
      test(`at ${view.width} px, ${view.scheme}`, async () => {
        const page = await open(browser, urls[form], view);
        await settled(page);
        await page.locator('#tokens button').nth(12).click();
        await page.mouse.move(0, 0);
        await picture(page, `explorer-${form}-${view.width}-${view.scheme}`);
        assert.equal(await overflows(page), false);
        assert.deepEqual(await accessibility(page), []);
        assert.deepEqual(page.faults, []);
        await page.context().close();
      });
    }

    test('sliders change what can be drawn', async () => {
      const page = await open(browser, urls[form]);
      await settled(page);
      await enter(page, TEXT);
      const first = Number((await page.locator('#bars .share').first().textContent()).replace(/\s*%/, ''));
      await page.locator('#slider-temperature').fill('0.5');
      assert.equal(await page.locator('output[for=slider-temperature]').textContent(), '0.50');
      const colder = Number((await page.locator('#bars .share').first().textContent()).replace(/\s*%/, ''));
      assert.ok(colder > first, `${colder} after ${first}`);
      await page.locator('#slider-topK').fill('3');
      assert.match(await page.textContent('#drawable'), /^3 of \d+ tokens/);
      await page.locator('#slider-topP').fill('0.05');
      assert.match(await page.textContent('#drawable'), /^1 of /);
      await page.locator('#slider-topP').fill('1');
      await page.locator('#slider-minP').fill('1');
      assert.match(await page.textContent('#drawable'), /^1 of /);
      assert.equal(await page.locator('#bars .share').first().textContent(), '100\u00a0%');
      assert.equal(await page.locator('#bars .share').nth(1).textContent(), 'not drawn');
      await page.context().close();
    });

    test('it writes on, and goes on from another token', async () => {
      const page = await open(browser, urls[form]);
      await settled(page);
      await enter(page, TEXT);
      await page.fill('#count', '9');
      const write = async action => {
        await action();
        await page.waitForFunction(() => document.getElementById('write').textContent === 'Write on'
          && document.getElementById('status').textContent === '');
      };
      await write(() => page.click('#write'));
      const written = await page.inputValue('#text');
      assert.equal(written.slice(0, TEXT.length), TEXT);
      assert.equal(written.length, TEXT.length + 9);
      assert.equal(await page.locator('#tokens .written').count(), 9);

      // The same seed writes the same.
      await enter(page, TEXT);
      await write(() => page.click('#write'));
      assert.equal(await page.inputValue('#text'), written);

      // Another token in the place of the third that was written; as many follow as before.
      await page.locator('#tokens button').nth(TEXT.length + 2).click();
      const chip = page.locator('#chosen .chip:not(.actual)').first();
      const text = (await chip.locator('.text').textContent()).replace('\u00b7', ' ');
      await write(() => chip.click());
      const other = await page.inputValue('#text');
      assert.equal(other.slice(0, TEXT.length + 3), written.slice(0, TEXT.length + 2) + text);
      assert.equal(other.length, written.length);

      // A bar appends its token.
      const bar = (await page.locator('#bars .text').first().textContent()).replace('\u00b7', ' ');
      await page.locator('#bars button').first().click();
      await page.waitForFunction(length => document.getElementById('text').value.length === length, other.length + 1);
      assert.equal(await page.inputValue('#text'), other + bar);
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });

    test('a head that is left out changes the loss and comes back', async () => {
      const page = await open(browser, urls[form]);
      await settled(page);
      await enter(page, TEXT);
      const whole = await page.textContent('#loss');
      await page.locator('#head-0-1 input').uncheck();
      await page.waitForFunction(() => / without 1 head; with all heads /.test(document.getElementById('loss').textContent));
      const loss = await page.textContent('#loss');
      assert.equal(loss.match(/with all heads ([\d.]+)/)[1], whole.match(/surprise ([\d.]+)/)[1]);
      assert.notEqual(loss.match(/surprise ([\d.]+)/)[1], whole.match(/surprise ([\d.]+)/)[1]);
      await settled(page);
      await page.click('#restore');
      await page.waitForFunction(before => document.getElementById('loss').textContent === before, whole);
      assert.equal(await page.locator('#head-0-1 input').isChecked(), true);
      await page.context().close();
    });

    test('attention answers the pointer and the keyboard', async () => {
      const page = await open(browser, urls[form]);
      await settled(page);
      await enter(page, TEXT);
      const lines = page.locator('#lines line');
      const all = await lines.count();
      await page.locator('#tokens button').nth(5).hover();
      const some = await lines.count();
      assert.ok(some > 0 && some < all, `${some} of ${all} lines`);
      assert.equal(await page.locator('#lines .weight').count(), 6);
      const shares = (await texts(page, '#lines .weight')).map(text => Number(text.replace(/[<%\s]/g, '')));
      assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 100) < 4, shares.join(' '));

      await page.locator('#head-1-0 button').click();
      assert.equal(await page.textContent('#head-name'), 'Layer 1, head 0');
      await page.locator('#map').focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowUp');
      assert.match(await page.textContent('#cell'), /^o reads H: [<\d.]+\s%$/);
      await page.keyboard.press('End');
      assert.match(await page.textContent('#cell'), /^o cannot read n, which comes later\.$/);

      await page.locator('#tokens button').first().focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      assert.match(await page.textContent('#chosen'), /^& is token 2 of 19, id 2\. The model gave it [<\d.]+\s%, a surprise of [\d.]+ nats/);
      await page.locator('#lens-scroll').focus();
      await page.keyboard.press('ArrowUp');
      assert.match(await page.textContent('#lens-cell'), /^after layer 0, after &: /);
      await page.context().close();
    });

    test('the last row of the lens is the prediction', async () => {
      const page = await open(browser, urls[form]);
      await settled(page);
      await enter(page, TEXT);
      const last = await page.locator('#lens-table tbody tr').last().locator('td').last().textContent();
      assert.equal(last, await page.locator('#bars .text').first().textContent());
      assert.match(await page.textContent('#lens-cell'), /^output, after n: /);
      await page.context().close();
    });

    test('a token is found by its text', async () => {
      const page = await open(browser, urls[form]);
      await settled(page);
      await page.fill('#find', 'e');
      await page.waitForFunction(() => document.getElementById('neighbours-name').textContent === 'Nearest neighbours of e');
      const shares = (await texts(page, '#neighbours .share')).map(Number);
      assert.deepEqual(shares, [...shares].sort((a, b) => b - a));
      await page.context().close();
    });

    test('text that the model cannot read is refused and the page goes on', async () => {
      const page = await open(browser, urls[form]);
      await settled(page);
      await page.fill('#text', '\u{1F600}');
      await page.waitForFunction(() => !document.getElementById('fault').hidden);
      assert.match(await page.textContent('#fault'), /is not among|not in the vocabulary/);
      await enter(page, TEXT);
      assert.equal(await page.locator('#fault').isHidden(), true);
      await page.context().close();
    });
  });
}

test('both forms have the same numbers', async () => {
  const served = await numbers(await open(browser, urls.served), 'served', TEXT);
  const local = await numbers(await open(browser, urls.folder), 'folder', TEXT);
  for (const [name, values] of Object.entries(served)) {
    assert.equal(local[name].length, values.length, name);
    assert.ok(values.length > 0, name);
    values.forEach((value, i) => assert.ok(Math.abs(value - local[name][i]) < 1e-3, `${name} ${i}: ${value} served, ${local[name][i]} in the browser`));
  }
  assert.notDeepEqual(served.attention, served.whole);
});

test('sampling is that of the library', async () => {
  const cases = await resource('sampling/cases.json');
  const page = await open(browser, urls.served);
  const drawn = await page.evaluate(async all => {
    const {drawn} = await import('./sampling.js');
    return all.map(each => Array.from(drawn(Float32Array.from(each.logits), each.settings)));
  }, cases);
  drawn.forEach((actual, i) => actual.forEach((chance, id) =>
    assert.ok(Math.abs(chance - cases[i].probabilities[id]) < 1e-6, `case ${i}, id ${id}: ${chance}`)));
});

/** The ids and decoded texts of a tokenizer in the browser; null for a text that it refuses. */
async function encode(page, json, given) {
  return page.evaluate(async ([file, all]) => {
    const vocabulary = [];
    Object.entries(file.model.vocab).forEach(([text, id]) => { vocabulary[id] = text; });
    const {encode, decode} = (await import('./tokenizers.js')).tokenizer(file, {vocabulary});
    return all.map(text => {
      try {
        const ids = encode(text);
        return {ids, decoded: decode(ids)};
      } catch {
        return {ids: null};
      }
    });
  }, [json, given]);
}

test('tokenizers are those of the library', async () => {
  const page = await open(browser, urls.served);
  for (const {kind, cases, tokenizer} of await resource('tokenizer/kinds.json')) {
    const actual = await encode(page, tokenizer, cases.map(each => each.text));
    cases.forEach(({text, ids, decoded}, i) => assert.deepEqual(actual[i], ids === null ? {ids} : {ids, decoded}, `${kind}: ${text}`));
  }
  const expected = await resource('tokenizer/expected.json');
  for (const name of ['gpt2', 'llama3', 'o200k']) {
    const actual = await encode(page, await resource(`tokenizer/${name}.json`), expected.strings);
    expected.strings.forEach((text, i) => assert.deepEqual(actual[i].ids, expected[name][i], `${name}: ${JSON.stringify(text)}`));
  }
});

test('of a long text the maps show a part that ends with the chosen token', {timeout: 120_000}, async () => {
  await run('train', '--sample', '--layers', 1, '--heads', 2, '--embedding-size', 16, '--context-length', 512, '--batch-size', 1, '--steps', 2,
    '--no-baselines', '--out', files.file('long'));
  const page = await open(browser, await serve(files.file('long')));
  await settled(page);
  await page.fill('#text', 'H&E stained section of liver. '.repeat(15));
  await page.getByText('The maps show tokens 51 to 450 of 450.').waitFor();
  assert.match(await page.textContent('#cell'), /reads .* \(.*of its attention is on tokens before these\)/);
  await page.locator('#tokens button').nth(20).click();
  await page.getByText('The maps show tokens 1 to 400 of 450.').waitFor();
  assert.deepEqual(page.faults, []);
});
