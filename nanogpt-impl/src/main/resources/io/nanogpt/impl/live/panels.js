// The card of each run, its samples, its weights and its settings.

const LABELS = {WAITING: 'waiting', RUNNING: 'running', FINISHED: 'finished', FAILED: 'failed'};

/** Seconds until the last step, by the speed of the latest fifth of the points. */
function secondsLeft(run) {
  const {step, seconds} = run.series;
  if (run.state !== 'RUNNING' || step.length < 2) return null;
  const last = step.length - 1, from = Math.max(0, last - Math.max(5, Math.floor(step.length / 5)));
  const perStep = (seconds[last] - seconds[from]) / (step[last] - step[from]);
  return Math.max(0, run.steps - step[last]) * perStep;
}

function lowest(run) {
  return run.evaluations.reduce((best, each) => best == null || each.validation < best.validation ? each : best, null);
}

/** Makes the card of a run; its parts are changed in place, so that a button keeps its focus. */
class RunCard {
  constructor(number, act) {
    this.name = element('span');
    this.state = element('small');
    this.progress = element('progress', {max: '1'});
    this.facts = {};
    const list = element('dl', {class: 'facts'});
    for (const name of ['step', 'loss', 'validation', 'tokens/s', 'time', 'left']) {
      this.facts[name] = element('dd', {}, '–');
      const term = element('dt', {}, name);
      if (name === 'step') this.of = term;
      list.append(element('div', {}, term, this.facts[name]));
    }
    this.stop = element('button', {type: 'button'}, 'Stop');
    this.save = element('button', {type: 'button'}, 'Checkpoint now');
    this.buttons = element('div', {class: 'buttons'}, this.stop, this.save);
    this.note = element('p', {role: 'status'});
    this.node = element('article', {class: 'card run'}, element('h2', {}, swatch(number), this.name, this.state), this.progress, list, this.buttons, this.note);
    this.stop.addEventListener('click', () => act('stop', number));
    this.save.addEventListener('click', () => act('checkpoint', number));
  }

  show(run, isLive) {
    const {step, loss, speed, seconds} = run.series, last = step.length - 1;
    const at = last < 0 ? (run.firstStep || 1) - 1 : step[last];
    this.name.textContent = run.name;
    this.node.setAttribute('aria-label', 'Run ' + run.name);
    this.state.textContent = LABELS[run.state];
    this.progress.value = run.steps ? at / run.steps : 0;
    this.progress.setAttribute('aria-label', 'steps of ' + run.name);
    const best = lowest(run);
    this.facts.step.textContent = run.steps ? format.count(at) : '–';
    this.of.textContent = run.steps ? 'step of ' + format.count(run.steps) : 'step';
    this.facts.loss.textContent = format.loss(last < 0 ? null : smoothed(loss.slice(-50), 0.9).at(-1));
    this.facts.validation.textContent = best ? format.loss(best.validation) : '–';
    this.facts['tokens/s'].textContent = format.large(last < 0 ? null : speed[last]);
    this.facts.time.textContent = format.duration(last < 0 ? null : seconds[last]);
    this.facts.left.parentElement.hidden = run.state === 'FINISHED' || run.state === 'FAILED';
    this.facts.left.textContent = run.state === 'RUNNING' ? format.duration(secondsLeft(run) ?? run.estimatedSeconds) : '–';
    this.buttons.hidden = !isLive || run.state !== 'RUNNING';
    this.stop.disabled = run.stopAsked;
    this.stop.textContent = run.stopAsked ? 'Stopping' : 'Stop';
    this.save.disabled = run.checkpointAsked;
    const notice = run.notices.at(-1);
    this.note.className = run.state === 'FAILED' ? 'bad' : '';
    this.note.textContent = [run.end, run.checkpoint ? 'checkpoint of step ' + format.count(run.checkpoint) : '', notice ? notice.text : ''].filter(Boolean).join(' · ');
  }
}

/** Fills a list of runs to pick from, and returns the picked number. */
function picked(select, numbers, runs) {
  const before = Number(select.value);
  if (select.options.length !== numbers.length) {
    select.replaceChildren(...numbers.map(number => new Option(runs[number].name, number)));
    if (numbers.includes(before) && select.value !== '') select.value = String(before);
  }
  select.parentNode.hidden = numbers.length < 2;
  return Number(select.value);
}

function showSamples(runs) {
  const numbers = runs.map((run, number) => number).filter(number => runs[number].samples.length > 0);
  by('samples').hidden = numbers.length === 0;
  if (numbers.length === 0) return;
  const run = runs[picked(by('samples-run'), numbers, runs)];
  by('samples-list').replaceChildren(...[...run.samples].reverse().map(sample => element('div', {class: 'sample'},
    element('p', {}, 'step ' + format.count(sample.step)), element('pre', {}, element('b', {}, sample.prompt), sample.text))));
}

const MOST_HISTOGRAMS = 48;

function showWeights(runs) {
  const numbers = runs.map((run, number) => number).filter(number => runs[number].weights.length > 0);
  by('weights').hidden = numbers.length === 0;
  if (numbers.length === 0) return;
  const sets = runs[picked(by('weights-run'), numbers, runs)].weights;
  const slider = by('weights-step'), wasLast = slider.value === slider.max;
  slider.max = String(sets.length - 1);
  if (wasLast) slider.value = slider.max;
  const set = sets[Number(slider.value)];
  by('weights-step-value').textContent = format.count(set.step);
  const wanted = by('weights-filter').value.trim().toLowerCase();
  const matching = set.histograms.filter(each => each.name.toLowerCase().includes(wanted));
  by('weights-list').replaceChildren(...matching.slice(0, MOST_HISTOGRAMS).map(histogram));
  by('weights-more').textContent = matching.length > MOST_HISTOGRAMS ? `${matching.length - MOST_HISTOGRAMS} more; narrow them by name` : '';
}

function histogram({name, low, high, counts}) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', `0 0 ${counts.length} 100`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `values of ${name} from ${format.short(low)} to ${format.short(high)}`);
  const most = Math.max(...counts);
  counts.forEach((count, bin) => {
    const bar = document.createElementNS(space, 'rect');
    const height = most ? 100 * count / most : 0;
    for (const [key, value] of Object.entries({x: bin, y: 100 - height, width: 0.9, height})) bar.setAttribute(key, value);
    svg.append(bar);
  });
  return element('figure', {}, element('figcaption', {}, ...name.split(/(?<=\.)/).flatMap(part => [part, element('wbr')])), svg,
    element('div', {class: 'range'}, element('span', {}, format.short(low)), element('span', {}, format.short(high))));
}

/** The settings of all runs; those in which they differ come first. */
function showSettings(runs) {
  const started = runs.filter(run => run.settings);
  by('settings').hidden = started.length === 0;
  const names = [...new Set(started.flatMap(run => Object.keys(run.settings)))];
  const differs = name => new Set(started.map(run => run.settings[name])).size > 1;
  const rows = [...names.filter(differs), ...names.filter(name => !differs(name))];
  const table = element('table', {}, element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'setting'), ...started.map(run => element('th', {scope: 'col'}, run.name)))),
    element('tbody', {}, ...rows.map(name => element('tr', {}, element('th', {scope: 'row'}, name), ...started.map(run => element('td', {}, run.settings[name] ?? '–'))))));
  by('settings-table').replaceChildren(table);
}
