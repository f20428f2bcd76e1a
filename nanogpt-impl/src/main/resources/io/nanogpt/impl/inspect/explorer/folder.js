// A model in the folder of this page, run by ONNX Runtime Web.
import {floats} from './served.js';
import {largest, softmax} from './sampling.js';
import {tokenizer as read} from './tokenizers.js';

const CANDIDATES = 8;
const PREDICTIONS = 5;
/** Runs whose outputs are kept. */
const KEPT = 3;

async function file(name) {
  const response = await fetch('model/' + name);
  if (!response.ok) {
    throw new Error(`model/${name} cannot be read (${response.status}); write the folder again with nanogpt explore --out`);
  }
  return response;
}

async function runtime() {
  try {
    const ort = await import('./ort/ort.wasm.min.mjs');
    ort.env.wasm.wasmPaths = new URL('./ort/', location.href).href;
    ort.env.wasm.numThreads = 1;
    return ort;
  } catch {
    throw new Error('ONNX Runtime Web is missing: copy ort.wasm.min.mjs, ort-wasm-simd-threaded.mjs and ort-wasm-simd-threaded.wasm'
      + ' from the package onnxruntime-web into the folder ort beside this page, and serve the folder by a web server');
  }
}

/** Opens the source of the page's data. */
export async function open() {
  const model = await (await file('model.json')).json();
  const tokenizer = read(await (await file('tokenizer.json')).json(), model);
  const ort = await runtime();
  const session = await ort.InferenceSession.create('model/model.onnx', {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
    externalData: model.externalData ? [{path: 'model.onnx.data', data: 'model/model.onnx.data'}] : [],
  });
  return new Folder(model, tokenizer, new Graph(ort, session, model));
}

/** The likeliest ids with their probabilities. */
function likeliest(logits, count) {
  const probabilities = softmax(logits);
  return largest(logits, count).map(id => [id, probabilities[id]]);
}

class Folder {
  constructor(model, tokenizer, graph) {
    Object.assign(this, {model, tokenizer, graph});
    this.kept = new Map();
  }

  async inspect({text, ids}, removed) {
    const all = ids ?? [...this.model.before, ...this.tokenizer.encode(text)];
    if (all.length === 0) {
      throw new Error('the text has no token; give at least one character to look at');
    }
    const last = all.slice(-this.model.contextLength);
    const run = await this.run(last, removed);
    const rows = last.map((_, t) => run.row('logits', t));
    return {
      ids: last,
      skipped: all.length - last.length,
      text: this.tokenizer.decode(last.slice(this.model.before.every((id, i) => id === last[i]) ? this.model.before.length : 0)),
      losses: last.map((id, t) => (t === 0 ? null : -Math.log(softmax(rows[t - 1])[id]))),
      candidates: rows.map(row => likeliest(row, CANDIDATES)),
      logits: rows[rows.length - 1],
    };
  }

  async attention(ids, removed, layer, {from = 0, to = ids.length} = {}) {
    return part((await this.run(ids, removed)).output(`attention.${layer}`), ids.length, from, to);
  }

  async lens(ids, removed, layer) {
    const run = await this.run(ids, removed);
    const name = layer < this.model.heads.length ? `lens.${layer}` : 'logits';
    return ids.map((_, t) => likeliest(run.row(name, t), PREDICTIONS));
  }

  async next(ids, removed) {
    return this.graph.next(ids.slice(-this.model.contextLength), removed);
  }

  /** One run over a text, of which the parts of the page need different outputs. */
  run(ids, removed) {
    const key = JSON.stringify([ids, removed]);
    if (!this.kept.has(key)) {
      this.kept.set(key, this.graph.whole(ids, removed));
      this.kept.get(key).catch(() => this.kept.delete(key));
      if (this.kept.size > KEPT) {
        this.kept.delete(this.kept.keys().next().value);
      }
    }
    return this.kept.get(key);
  }

  async table() {
    this.loaded ??= file('embeddings.bin').then(response => response.arrayBuffer()).then(bytes => new Float32Array(bytes));
    return this.loaded;
  }

  async neighbours(id, count) {
    const table = await this.table();
    const width = table.length / this.model.vocabulary.length;
    const product = (a, b) => {
      let sum = 0;
      for (let i = 0; i < width; i++) {
        sum += table[a * width + i] * table[b * width + i];
      }
      return sum;
    };
    const similarity = other => {
      const lengths = Math.sqrt(product(id, id) * product(other, other));
      return lengths > 0 ? product(id, other) / lengths : 0;
    };
    const similarities = Float32Array.from(this.model.vocabulary, (_, other) => (other === id ? -Infinity : similarity(other)));
    return largest(similarities, Math.min(count, similarities.length - 1)).map(other => [other, similarities[other]]);
  }

  async map() {
    const {map} = this.model;
    return {...map, x: floats(map.x), y: floats(map.y)};
  }

  async induction(removed) {
    const {probe, heads} = this.model;
    if (!probe) {
      throw new Error('induction scores need a context of at least 4 tokens');
    }
    const length = 2 * probe.half;
    const scores = heads.map(count => new Array(count).fill(0));
    for (let start = 0; start < probe.ids.length; start += length) {
      const run = await this.graph.whole(probe.ids.slice(start, start + length), removed);
      heads.forEach((count, layer) => {
        const weights = run.output(`attention.${layer}`);
        for (let head = 0; head < count; head++) {
          for (let t = 0; t < probe.half; t++) {
            scores[layer][head] += weights[(head * length + probe.half + t) * length + t + 1] / (probe.ids.length / 2);
          }
        }
      });
    }
    return scores;
  }
}

/** Runs of the graph, one at a time. */
class Graph {
  constructor(ort, session, model) {
    Object.assign(this, {ort, session, model});
    this.states = session.inputMetadata.filter(input => input.name.startsWith('past_key_values.'));
    this.idle = Promise.resolve();
  }

  alone(action) {
    const done = this.idle.then(action);
    this.idle = done.catch(() => {});
    return done;
  }

  /** A run over a text with the logits after each token. */
  whole(ids, removed) {
    return this.alone(async () => {
      const outputs = await this.session.run(this.inputs(ids, 0, this.start(), removed, ids.map((_, t) => t)));
      const width = this.model.vocabulary.length;
      return {
        output: name => outputs[name].data,
        row: (name, t) => outputs[name].data.subarray(t * width, (t + 1) * width),
      };
    });
  }

  /** The logits after a text, from the state of the text before if this is one token more. */
  next(ids, removed) {
    return this.alone(async () => {
      const known = this.last;
      const goesOn = known && known.removed === JSON.stringify(removed) && known.ids.length === ids.length - 1
        && known.ids.every((id, t) => id === ids[t]);
      const past = goesOn ? known.ids.length : 0;
      const inputs = this.inputs(ids.slice(past), past, goesOn ? known.state : this.start(), removed, [-1]);
      const outputs = await this.session.run(inputs);
      const state = Object.fromEntries(this.states.map(({name}) => [name, outputs[name.replace('past_key_values.', 'present.')]]));
      this.last = {ids, state, removed: JSON.stringify(removed)};
      return outputs.logits.data;
    });
  }

  /** The state before the first token. */
  start() {
    const sizes = {batch: 1, past: 0, buffer: this.model.contextLength};
    return Object.fromEntries(this.states.map(({name, type, shape}) => {
      const axes = shape.map(axis => (typeof axis === 'number' ? axis : sizes[axis]));
      const count = axes.reduce((a, b) => a * b, 1);
      return [name, new this.ort.Tensor(type, type === 'int64' ? new BigInt64Array(count) : new Float32Array(count), axes)];
    }));
  }

  inputs(ids, past, state, removed, positions) {
    const long = (values, shape) => new this.ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape);
    const known = {
      input_ids: long(ids, [1, ids.length]),
      position_ids: long(ids.map((_, i) => past + i), [1, ids.length]),
      attention_mask: long(new Array(past + ids.length).fill(1), [1, past + ids.length]),
      logits_positions: long(positions, [positions.length]),
      sequence_lengths: new this.ort.Tensor('int32', Int32Array.of(ids.length), [1]),
      ...state,
    };
    this.model.heads.forEach((count, layer) => {
      const factors = new Float32Array(count).fill(1);
      removed.filter(head => head[0] === layer).forEach(head => { factors[head[1]] = 0; });
      known[`head_scale.${layer}`] = new this.ort.Tensor('float32', factors, [count]);
    });
    return Object.fromEntries(this.session.inputNames.map(name => [name, known[name]]));
  }
}

/** The weights between the tokens of a part of a text, of all heads. */
function part(weights, length, from, to) {
  const side = to - from;
  if (side === length) {
    return weights;
  }
  const rows = new Float32Array((weights.length / length ** 2) * side ** 2);
  for (let row = 0; row < rows.length / side; row++) {
    const start = Math.floor(row / side) * length ** 2 + (from + (row % side)) * length + from;
    rows.set(weights.subarray(start, start + side), row * side);
  }
  return rows;
}
