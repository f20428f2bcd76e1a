// What the tests of pages share: Chromium without a window, pages at the sizes and themes that people have, the faults that
// axe-core finds, and the command line in the background.
//
// NANOGPT      the command line, "java -jar ../target/nanogpt.jar" by default
// CHROMIUM     the browser to use, that of @sparticuz/chromium by default
// SCREENSHOTS  a folder for pictures of the pages, none by default
import {spawn} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import sparticuz from '@sparticuz/chromium';
import {chromium} from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The views that every page is looked at in. */
export const VIEWS = [360, 1280].flatMap(width => ['light', 'dark'].map(scheme => ({width, scheme})));

/** Starts the browser; close() ends it. */
export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || await sparticuz.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
  });
}

/** Opens an address; page.faults holds what the console reports as an error and every exception. */
export async function open(browser, url, {width = 1280, height = width < 600 ? 740 : 900, scheme = 'light'} = {}) {
  const context = await browser.newContext({viewport: {width, height}, colorScheme: scheme, locale: 'en-US', hasTouch: width < 600});
  const page = await context.newPage();
  page.faults = [];
  page.on('console', message => message.type() === 'error' && page.faults.push(message.text()));
  page.on('pageerror', error => page.faults.push(String(error)));
  await page.goto(String(url));
  return page;
}

/** The serious and critical faults that axe-core finds, one line each. */
export async function accessibility(page) {
  // By the protocol of the debugger, which no content security policy concerns.
  const source = await readFile(axe, 'utf8');
  await page.evaluate(source);
  const result = await page.evaluate(() => window.axe.run({resultTypes: ['violations']}));
  return result.violations
    .filter(fault => ['serious', 'critical'].includes(fault.impact))
    .map(fault => `${fault.id}: ${fault.help}: ${fault.nodes.map(node => node.target.join(' ')).slice(0, 5).join(', ')}`);
}

/** Whether the page can be scrolled sideways, which it should not on a phone. */
export async function overflows(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

/** Writes a picture of the whole page where SCREENSHOTS names a folder. */
export async function picture(page, name) {
  if (process.env.SCREENSHOTS) {
    await mkdir(process.env.SCREENSHOTS, {recursive: true});
    await page.screenshot({path: join(process.env.SCREENSHOTS, name + '.png'), fullPage: true});
  }
}

/** A new folder that remove() deletes. */
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'nanogpt-browser-'));
  return {path, file: name => join(path, name), remove: () => rm(path, {recursive: true, force: true})};
}

/**
 * Starts the command line. until(pattern) resolves to the match in what it has printed, ended to its exit status, and stop()
 * ends it.
 */
export function start(...args) {
  const [program, ...first] = (process.env.NANOGPT || `java -jar ${join(here, '../target/nanogpt.jar')}`).split(' ');
  const child = spawn(program, [...first, ...args.map(String)], {stdio: ['ignore', 'pipe', 'pipe']});
  const waiting = new Set();
  let printed = '';
  const check = isOver => {
    for (const each of waiting) {
      const match = printed.match(each.pattern);
      if (match) {
        each.resolve(match);
      } else if (isOver) {
        each.reject(new Error(`ended without ${each.pattern}:\n${printed}`));
      } else {
        continue;
      }
      waiting.delete(each);
    }
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      printed += text;
      check(false);
    });
  }
  const ended = new Promise(resolve => child.on('close', status => {
    check(true);
    resolve(status);
  }));
  return {
    until: pattern => new Promise((resolve, reject) => {
      waiting.add({pattern, resolve, reject});
      check(child.exitCode !== null);
    }),
    ended,
    printed: () => printed,
    stop: () => child.kill(),
  };
}

/** Runs the command line to its end and returns what it printed. */
export async function run(...args) {
  const command = start(...args);
  const status = await command.ended;
  if (status !== 0) {
    throw new Error(`nanogpt ${args.join(' ')} ended with ${status}:\n${command.printed()}`);
  }
  return command.printed();
}
