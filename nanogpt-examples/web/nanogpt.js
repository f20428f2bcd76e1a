/** A model that nanogpt exported as ONNX, run by ONNX Runtime Web. docs/onnx.md says what the inputs and outputs mean. */

/** One id per code point, as the character tokenizer of nanogpt writes it. */
export class CharacterTokenizer {
  constructor(json) {
    const singles = Object.keys(json.model.vocab).every(token => [...token].length === 1 || token === json.model.unk_token);
    if (json.model.type !== 'WordLevel' || !singles) {
      throw new Error('this page reads character tokenizers, and the tokenizer.json of this model is another one');
    }
    this.ids = new Map(Object.entries(json.model.vocab));
    this.texts = new Map(Object.entries(json.model.vocab).map(([text, id]) => [id, text]));
  }

  encode(text) {
    return [...text].map(character => {
      const id = this.ids.get(character);
      if (id === undefined) {
        throw new Error(`the character ${JSON.stringify(character)} is not among the ${this.ids.size} of this model`);
      }
      return id;
    });
  }

  decode(ids) {
    return ids.map(id => this.texts.get(id) ?? '').join('');
  }
}

/** The probabilities of the next token. */
export function probabilities(logits) {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const weights = Array.from(logits, logit => Math.exp(logit - largest));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map(weight => weight / sum);
}

/** A token: the most likely one at temperature 0. */
export function draw(logits, temperature) {
  if (temperature === 0) {
    return logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
  }
  let rest = Math.random();
  const shares = probabilities(logits.map(logit => logit / temperature));
  const id = shares.findIndex(share => (rest -= share) < 0);
  return id < 0 ? shares.length - 1 : id;
}

export class Model {
  /** What is being computed, so that nobody starts anything else meanwhile. */
  idle = Promise.resolve();

  constructor(ort, session, tokenizer, contextLength) {
    Object.assign(this, { ort, session, tokenizer, contextLength });
    this.caches = session.inputMetadata.filter(input => input.name.startsWith('past_key_values.'));
  }

  /** Reads a folder, given as a URL that ends with a slash. */
  static async load(ort, folder) {
    const [config, tokenizer] = await Promise.all(['config.json', 'tokenizer.json'].map(async name => {
      const response = await fetch(folder + name);
      if (!response.ok) {
        throw new Error(`${folder}${name} cannot be read (${response.status}); export a model there`);
      }
      return response.json();
    }));
    const outside = await fetch(folder + 'model.onnx.data', { method: 'HEAD' });
    const externalData = outside.ok ? [{ path: 'model.onnx.data', data: folder + 'model.onnx.data' }] : [];
    const session = await ort.InferenceSession.create(folder + 'model.onnx', { executionProviders: ['wasm'], externalData });
    return new Model(ort, session, new CharacterTokenizer(tokenizer), config.contextLength ?? config.n_positions ?? config.max_position_embeddings);
  }

  /** Begins a text and returns the logits after its last token; beyond the context the last tokens count. */
  async start(tokens) {
    this.tokens = tokens.slice(-this.contextLength);
    this.past = 0;
    this.state = Object.fromEntries(this.caches.map(input => [input.name, this.initial(input)]));
    return this.run(this.tokens);
  }

  /** Continues the text. */
  async append(id) {
    if (this.tokens.length < this.contextLength) {
      this.tokens.push(id);
      return this.run([id]);
    }
    return this.start([...this.tokens, id]);
  }

  initial({ type, shape }) {
    const sizes = { batch: 1, past: 0, buffer: this.contextLength };
    const axes = shape.map(axis => (typeof axis === 'number' ? axis : sizes[axis]));
    const count = axes.reduce((a, b) => a * b, 1);
    return new this.ort.Tensor(type, type === 'int64' ? new BigInt64Array(count) : new Float32Array(count), axes);
  }

  async run(tokens) {
    const long = (values, shape) => new this.ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape);
    const int = (value, shape) => new this.ort.Tensor('int32', Int32Array.of(value), shape);
    const end = this.past + tokens.length;
    const known = {
      input_ids: long(tokens, [1, tokens.length]),
      position_ids: long(tokens.map((_, i) => this.past + i), [1, tokens.length]),
      attention_mask: long(new Array(end).fill(1), [1, end]),
      logits_positions: long([-1], [1]),
      sequence_lengths: int(tokens.length, [1]),
      seqlens_k: int(end - 1, [1]),
      total_sequence_length: int(end, []),
      ...this.state,
    };
    const inputs = Object.fromEntries(this.session.inputNames.map(name => [name, known[name]]));
    const outputs = await this.session.run(inputs);
    for (const { name } of this.caches) {
      this.state[name] = outputs[name.replace('past_key_values.', 'present.')];
    }
    this.past = end;
    return outputs.logits.data;
  }
}
