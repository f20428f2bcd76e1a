// The state of the page: runs as the server or the data in the file describe them.
const runs = [];
const cards = [];
const stored = by('data');
const COLUMNS = ['step', 'loss', 'low', 'high', 'rate', 'norm', 'speed', 'seconds', 'tokens'];

function emptyRun() {
  return {
    name: '', state: 'WAITING', end: '', evaluations: [], samples: [], notices: [], weights: [], settings: null,
    series: Object.fromEntries(COLUMNS.map(name => [name, []])),
  };
}

/** The handlers of the three kinds of events. */
const events = {
  run(run, value) {
    Object.assign(run, value);
  },
  steps(run, value) {
    for (const name of COLUMNS) {
      run.series[name].length = value.from;
      run.series[name].push(...value[name]);
    }
  },
  weights(run, value) {
    run.weights = value;
  },
};

function receive(name, {number, value}) {
  while (runs.length <= number) runs.push(emptyRun());
  events[name](runs[number], value);
}

/** The lines of one column, smoothed or as it is, over its own faint values. */
function line(label, y, smooth) {
  return (runs, over) => runs.flatMap((run, number) => {
    const {series, name} = run;
    if (series.step.length === 0) return [];
    const main = {run: number, label: runs.length > 1 ? name : label, kind: 'main', x: series[over], y: series[y]};
    const weight = smooth ? Number(by('smoothing').value) : 0;
    return weight > 0 ? [{...main, kind: 'raw'}, {...main, y: smoothed(main.y, weight)}] : [{...main, only: true}];
  });
}

function lossLines(runs, over) {
  const weight = Number(by('smoothing').value);
  return runs.flatMap((run, number) => {
    const {series, evaluations, name} = run, prefix = runs.length > 1 ? name + ' ' : '';
    const lines = [];
    if (series.step.length) {
      if (weight > 0) lines.push({run: number, label: prefix + 'loss', kind: 'raw', x: series[over], y: series.loss});
      lines.push({run: number, label: prefix + 'training', kind: 'main', x: series[over], y: smoothed(series.loss, weight)});
    }
    // The last evaluation may be of weights of an earlier step.
    const points = evaluations.filter((each, i) => i === 0 || each.step > evaluations[i - 1].step);
    if (points.length) lines.push({run: number, ink: runs.length > 1 ? null : 1, label: prefix + 'validation', kind: 'points', x: points.map(each => each[over]), y: points.map(each => each.validation)});
    return lines;
  });
}

const xs = {step: x => 'step ' + format.count(x), tokens: x => format.large(x) + ' tokens', seconds: format.duration};
const show = y => ({x: x => xs[by('over').value](x), y});
const charts = [
  new Chart(by('loss'), {title: 'Loss', unit: 'nats per token; dashed: validation', height: 300, lines: lossLines, show: show(format.loss)}),
  new Chart(by('rate'), {title: 'Learning rate', height: 150, lines: line('learning rate', 'rate', false), fromZero: true, show: show(format.short)}),
  new Chart(by('norm'), {title: 'Gradient norm', unit: 'before clipping', height: 150, lines: line('norm', 'norm', true), fromZero: true, show: show(format.short)}),
  new Chart(by('speed'), {title: 'Tokens per second', unit: 'without evaluations', height: 150, lines: line('tokens/s', 'speed', true), fromZero: true, show: show(format.large)}),
];

let waiting = false;
function refresh() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    draw();
  });
}

function draw() {
  by('waiting')?.toggleAttribute('hidden', runs.length > 0);
  runs.forEach((run, number) => {
    if (!cards[number]) {
      cards[number] = new RunCard(number, act);
      by('runs').append(cards[number].node);
    }
    cards[number].show(run, !stored && source?.readyState === EventSource.OPEN);
  });
  const over = by('over').value;
  charts.forEach((chart, i) => chart.draw(runs, {over, logarithmic: i === 0 && by('scale').value === 'log'}));
  by('smoothing-value').textContent = by('smoothing').value === '0' ? 'none' : by('smoothing').value;
}

function drawLists() {
  showSamples(runs);
  showWeights(runs);
  showSettings(runs);
}

async function act(call, number) {
  const note = cards[number].note;
  try {
    const response = await fetch(call, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({run: number})});
    if (!response.ok) note.textContent = (await response.json()).error;
  } catch {
    note.textContent = 'the program does not answer';
  }
}

function connection(text, state) {
  by('connection').textContent = text;
  by('connection').className = state;
}

let source = null;
if (stored) {
  for (const {name, data} of JSON.parse(stored.textContent)) receive(name, data);
  connection('saved page', '');
} else {
  source = new EventSource('events');
  source.onopen = () => {
    // The server sends everything anew.
    connection('live', 'live');
    by('save').hidden = false;
    refresh();
  };
  source.onerror = () => {
    connection('the program has ended or does not answer; the page keeps what it has', 'lost');
    by('save').hidden = true;
    refresh();
  };
  for (const name of Object.keys(events)) {
    source.addEventListener(name, event => {
      receive(name, JSON.parse(event.data));
      refresh();
      if (name !== 'steps') drawLists();
    });
  }
}

for (const id of ['over', 'scale', 'smoothing']) by(id).addEventListener('input', refresh);
for (const id of ['samples-run', 'weights-run', 'weights-step', 'weights-filter']) by(id).addEventListener('input', drawLists);
by('controls').addEventListener('submit', event => event.preventDefault());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  charts.forEach(chart => chart.forget());
  refresh();
});
draw();
drawLists();
