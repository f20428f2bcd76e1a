// The page: reads a text by its source, which is a server or a model in the browser, and shows the parts of what it finds.
import {Attention} from './attention.js';
import {at, element} from './dom.js';
import {Embeddings} from './embeddings.js';
import {Lens} from './lens.js';
import {Predictions} from './predictions.js';
import {draw, random} from './sampling.js';
import {Tokens} from './tokens.js';

/** Milliseconds after the last key until a text is read. */
const PAUSE = 250;

/** Tokens of a text whose attention is drawn, those up to the chosen one: the maps grow with their square. */
const MOST_ATTENTION = 400;

/** A model with more of these has its heads below the next tokens, not beside them. */
const BESIDE = {layers: 8, heads: 7};

const {name, form} = JSON.parse(at('explorer').textContent);

function fail(error) {
  at('fault').textContent = error.message;
  at('fault').hidden = false;
  at('status').textContent = '';
}

/** Three digits, or the whole number. */
function perplexity(loss) {
  const value = Math.exp(loss);
  return value < 1000 ? value.toPrecision(3) : Math.round(value).toLocaleString('en');
}

/** Replaces a part that the model lacks by the reason. */
function leaveOut(id, reason) {
  const card = at(id);
  card.replaceChildren(card.querySelector('h2'), element('p', {class: 'soft small'}, `Not shown: ${reason}.`));
}

class Page {
  constructor(source) {
    this.source = source;
    this.model = source.model;
    const {unsupported} = this.model;
    this.removed = [];
    this.ticket = 0;
    this.written = Infinity;
    this.tokens = new Tokens(this.model, {
      choose: place => this.choose(place),
      point: place => this.attention?.point(place ?? this.chosen),
      replace: (place, id) => this.goOn(place, id),
    });
    this.predictions = new Predictions(this.model, id => this.append(id));
    if (unsupported.attention) {
      leaveOut('attention', unsupported.attention);
    } else {
      this.attention = new Attention(this.model, heads => this.remove(heads));
    }
    if (unsupported.lens) {
      leaveOut('lens', unsupported.lens);
    } else {
      this.lens = new Lens(this.model, place => this.choose(place));
    }
    if (unsupported.embeddings) {
      leaveOut('embeddings', unsupported.embeddings);
    } else {
      this.embeddings = new Embeddings(this.model, source, fail);
    }
    at('text').addEventListener('input', () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => {
        this.written = Infinity;
        this.read({text: at('text').value});
      }, PAUSE);
    });
    at('write').addEventListener('click', () => (this.writing ? this.stop() : this.write(Number(at('count').value))));
  }

  describe() {
    const {kind, parameters, vocabulary, contextLength, heads, backend} = this.model;
    at('name').textContent = name;
    at('explorer-page').classList.toggle('deep', heads.length > BESIDE.layers || heads.some(count => count > BESIDE.heads));
    at('about').textContent = [
      kind,
      `${parameters.toLocaleString('en')} parameters`,
      `${vocabulary.length.toLocaleString('en')} tokens`,
      `context ${contextLength}`,
      heads.length > 0 ? `${heads.length} layers of ${[...new Set(heads)].join(' or ')} heads` : 'no attention',
      form === 'SERVED' ? backend : 'in this browser',
    ].join(' \u00b7 ');
  }

  /** Shows everything of a text, given as {text} or as {ids}. */
  async read(question) {
    const mine = ++this.ticket;
    at('status').textContent = 'reading';
    // One reading at a time: what was asked for in between is not read.
    const before = this.reading;
    let ended;
    this.reading = new Promise(end => (ended = end));
    try {
      await before;
      if (mine !== this.ticket) {
        return;
      }
      const read = await this.source.inspect(question, this.removed);
      if (mine !== this.ticket) {
        return;
      }
      at('fault').hidden = true;
      if (question.ids) {
        at('text').value = read.text;
      }
      this.ids = read.ids;
      if (this.chosen >= read.ids.length) {
        this.chosen = undefined;
      }
      this.tokens.show(read, this.chosen, this.written - read.skipped);
      this.predictions.show(read.logits);
      await this.losses(read, mine);
      await this.layers(mine);
      if (mine === this.ticket) {
        at('status').textContent = read.skipped > 0 ? `the first ${read.skipped} tokens do not fit the context` : '';
      }
    } catch (error) {
      if (mine === this.ticket) {
        fail(error);
      }
    } finally {
      ended();
    }
  }

  /** The mean surprise, and what it is with all heads. */
  async losses(read, mine) {
    const mean = losses => losses.slice(1).reduce((a, b) => a + b, 0) / (losses.length - 1);
    if (read.losses.length < 2) {
      at('loss').textContent = '';
      return;
    }
    const loss = mean(read.losses);
    let text = `Mean surprise ${loss.toFixed(3)} nats a token, a perplexity of ${perplexity(loss)}`;
    if (this.removed.length > 0) {
      const key = String(read.ids);
      if (this.whole?.key !== key) {
        this.whole = {key, loss: mean((await this.source.inspect({ids: read.ids}, [])).losses)};
      }
      const whole = this.whole.loss;
      const change = loss - whole;
      text += ` without ${this.removed.length === 1 ? '1 head' : `${this.removed.length} heads`};`
        + ` with all heads ${whole.toFixed(3)} (${change >= 0 ? '+' : '\u2212'}${Math.abs(change).toFixed(3)})`;
    }
    if (mine === this.ticket) {
      at('loss').textContent = text + '.';
    }
  }

  async layers(mine) {
    const {ids, removed} = this;
    if (this.attention) {
      await this.maps(mine);
    }
    if (this.lens) {
      const count = this.model.heads.length + 1;
      const layers = [];
      while (layers.length < count && mine === this.ticket) {
        this.progress('lens', layers.length, count);
        layers.push(await this.source.lens(ids, removed, layers.length));
      }
      if (mine === this.ticket) {
        this.lens.show(ids, layers, this.chosen);
      }
    }
  }

  progress(part, layer, count) {
    at('status').textContent = `${part}, ${layer + 1} of ${count} layers`;
  }

  /** Shows the maps of a part of the text that ends with the chosen token, or with the text. */
  async maps(mine) {
    const {ids, removed} = this;
    const end = Math.max(Math.min(ids.length, MOST_ATTENTION), this.chosen === undefined ? ids.length : this.chosen + 1);
    const part = {from: Math.max(0, end - MOST_ATTENTION), to: end};
    const maps = [];
    this.part = part;
    const isWanted = () => mine === this.ticket && part === this.part;
    for (let layer = 0; layer < this.model.heads.length && isWanted(); layer++) {
      this.progress('attention', layer, this.model.heads.length);
      maps.push(await this.source.attention(ids, removed, layer, part));
    }
    if (isWanted()) {
      this.attention.show(ids, maps, this.chosen, part);
    }
  }

  choose(place) {
    this.chosen = place;
    this.tokens.mark(place);
    if (this.attention?.lacks(place)) {
      this.otherMaps();
    } else {
      this.attention?.mark(place);
    }
    this.lens?.mark(place);
    if (place !== undefined && this.embeddings) {
      this.embeddings.show(this.ids[place]);
    }
  }

  async otherMaps() {
    const before = at('status').textContent;
    try {
      await this.maps(this.ticket);
      at('status').textContent = before;
    } catch (error) {
      fail(error);
    }
  }

  remove(heads) {
    this.removed = heads;
    this.read({ids: this.ids});
    this.induction();
  }

  async induction() {
    const {removed} = this;
    const scores = await this.source.induction(removed).catch(() => undefined);
    if (scores && removed === this.removed) {
      this.attention.induction(scores);
    }
  }

  append(id) {
    this.written = Math.min(this.written, this.ids.length);
    this.read({ids: [...this.ids, id]});
  }

  /** Puts another token in place of one and writes as many as came after it. */
  goOn(place, id) {
    const dropped = this.ids.length - place - 1;
    this.ids = [...this.ids.slice(0, place), id];
    this.written = Math.min(this.written, place);
    this.chosen = place;
    this.write(dropped);
  }

  stop() {
    this.writing = false;
  }

  /** Draws tokens one after another, then reads the whole text. */
  async write(count) {
    const mine = ++this.ticket;
    this.writing = true;
    at('write').textContent = 'Stop';
    let ids = this.ids;
    this.written = Math.min(this.written, ids.length);
    while (at('tokens').children.length > ids.length) {
      at('tokens').lastChild.remove();
    }
    try {
      const next = random(Number(at('seed').value) + ids.length);
      for (let i = 0; i < count && this.writing && mine === this.ticket; i++) {
        const logits = await this.source.next(ids, this.removed);
        const id = draw(this.predictions.drawn(logits), next());
        if (this.model.ends.includes(id)) {
          break;
        }
        ids = [...ids, id];
        this.tokens.add(id);
        at('status').textContent = `${i + 1} of ${count} tokens`;
      }
    } catch (error) {
      fail(error);
    } finally {
      this.writing = false;
      at('write').textContent = 'Write on';
    }
    if (mine === this.ticket) {
      await this.read({ids});
    }
  }
}

async function start() {
  at('status').textContent = 'loading';
  const {open} = await import(form === 'SERVED' ? './served.js' : './folder.js');
  const page = new Page(await open());
  page.describe();
  at('text').value = page.model.sample;
  await page.read({text: page.model.sample});
  if (page.attention) {
    page.induction();
  }
  if (page.embeddings) {
    await page.embeddings.load();
    await page.embeddings.show(page.ids[0]);
  }
}

start().catch(fail);
