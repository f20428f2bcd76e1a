// The tokenizers that this library trains, from their tokenizer.json.

/** GPT-2's pattern. */
const GPT2 = pattern("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

/** A regular expression of a file, in the syntax of the browser; its white space is that of Unicode. */
function pattern(regex) {
  return new RegExp(
    regex
      .replaceAll("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'(?:[sS\u017f]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))")
      .replace(/([+*?]|\{\d+(?:,\d*)?\})\+/g, '$1')
      .replaceAll('\\z', '$')
      .replaceAll('\\s', '\\p{White_Space}')
      .replaceAll('\\S', '\\P{White_Space}'),
    'gu',
  );
}

/**
 * A tokenizer.
 *
 * @param json the content of the file
 * @param model with the text of each id
 */
export function tokenizer(json, model) {
  const {type} = json.model;
  if (type === 'WordLevel' && json.pre_tokenizer?.type === 'WhitespaceSplit') {
    return words(json, model);
  }
  if (json.decoder?.type === 'Fuse') {
    return characters(json, model);
  }
  const byteLevel = json.decoder?.type === 'ByteLevel' && (json.normalizer ?? null) === null;
  if (byteLevel && type === 'WordPiece') {
    return byteTokenizer(json, pieces(json), lines(json));
  }
  if (byteLevel && type === 'BPE') {
    return byteTokenizer(json, merges(json), pretokens(json));
  }
  throw new Error(`this page cannot encode text by the tokenizer of this model (${type} of another kind);`
    + ' look at the model with nanogpt explore --model in place of --out');
}

function joined(model) {
  return ids => ids.map(id => model.vocabulary[id]).join('');
}

function characters(json, model) {
  const ids = new Map(Object.entries(json.model.vocab));
  const unknown = json.model.unk_token;
  return {
    encode: text => [...text].flatMap(character => {
      const id = ids.get(character);
      if (id !== undefined) {
        return [id];
      }
      if (unknown === undefined || unknown === null) {
        return [];
      }
      if (!ids.has(unknown)) {
        throw new Error(`the character ${JSON.stringify(character)} is not among the ${ids.size} of this model`);
      }
      return [ids.get(unknown)];
    }),
    decode: joined(model),
  };
}

function words(json, model) {
  const ids = new Map(Object.entries(json.model.vocab));
  const unknown = ids.get(json.model.unk_token);
  return {
    encode: text => text.split(/\p{White_Space}+/u).filter(word => word !== '').map(word => {
      const id = ids.get(word) ?? unknown;
      if (id === undefined) {
        throw new Error(`the word ${JSON.stringify(word)} is not among the ${ids.size} of this model`);
      }
      return id;
    }),
    decode: list => list.map(id => model.vocabulary[id]).join(' '),
  };
}

/** GPT-2's characters for bytes. */
function alphabet() {
  const printable = byte => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({length: 256}, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/** Encodes pre-tokens in the characters of bytes; added tokens are found first, the longest where several begin. */
function byteTokenizer(json, encodePretoken, split) {
  const letters = alphabet();
  const bytes = new Map(letters.map((letter, byte) => [letter, byte]));
  const texts = new Map(Object.entries(json.model.vocab).map(([text, id]) => [id, text]));
  const added = new Map((json.added_tokens ?? []).map(token => [token.content, token.id]));
  const escaped = [...added.keys()].sort((a, b) => b.length - a.length).map(text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const between = escaped.length > 0 ? new RegExp(`(${escaped.join('|')})`) : undefined;
  const known = new Map();
  const encodePart = part => split(part).flatMap(pretoken => {
    const written = Array.from(new TextEncoder().encode(pretoken), byte => letters[byte]).join('');
    if (!known.has(written)) {
      known.set(written, encodePretoken(written));
    }
    return known.get(written);
  });
  return {
    encode: text => (between ? text.split(between) : [text])
      .flatMap(part => (added.has(part) ? [added.get(part)] : part === '' ? [] : encodePart(part))),
    decode(ids) {
      const special = new Map([...added].map(([text, id]) => [id, text]));
      const all = ids.flatMap(id => (special.has(id)
        ? [...new TextEncoder().encode(special.get(id))]
        : [...(texts.get(id) ?? '')].map(letter => bytes.get(letter))));
      return new TextDecoder().decode(Uint8Array.from(all));
    },
  };
}

/** Byte pair encoding: the pair of the lowest rank is merged first. */
function merges(json) {
  const {vocab} = json.model;
  const ranks = new Map(json.model.merges.map((merge, rank) => [Array.isArray(merge) ? merge.join(' ') : merge, rank]));
  return written => {
    if (json.model.ignore_merges && vocab[written] !== undefined) {
      return [vocab[written]];
    }
    let symbols = [...written];
    for (;;) {
      let best = Infinity;
      for (let i = 0; i + 1 < symbols.length; i++) {
        best = Math.min(best, ranks.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Infinity);
      }
      if (best === Infinity) {
        return symbols.map(symbol => id(vocab, symbol));
      }
      const next = [];
      for (let i = 0; i < symbols.length; i++) {
        if (i + 1 < symbols.length && ranks.get(`${symbols[i]} ${symbols[i + 1]}`) === best) {
          next.push(symbols[i] + symbols[i + 1]);
          i++;
        } else {
          next.push(symbols[i]);
        }
      }
      symbols = next;
    }
  };
}

/** The longest piece of the vocabulary, again and again. */
function pieces(json) {
  const {vocab} = json.model;
  const longest = Object.keys(vocab).reduce((most, piece) => Math.max(most, piece.length), 0);
  return written => {
    const ids = [];
    for (let from = 0; from < written.length;) {
      let to = Math.min(written.length, from + longest);
      while (to > from + 1 && vocab[written.slice(from, to)] === undefined) {
        to--;
      }
      ids.push(id(vocab, written.slice(from, to)));
      from = to;
    }
    return ids;
  };
}

function id(vocab, symbol) {
  if (vocab[symbol] === undefined) {
    throw new Error(`the text has the byte ${JSON.stringify(symbol)}, which is not in the vocabulary of this model`);
  }
  return vocab[symbol];
}

function lines() {
  return text => text.split(/[\r\n]+/).flatMap(line => line.match(GPT2) ?? []);
}

/** The pattern of the file, in the syntax of the browser. */
function pretokens(json) {
  const steps = json.pre_tokenizer?.type === 'Sequence' ? json.pre_tokenizer.pretokenizers : [json.pre_tokenizer];
  if (steps.length === 1 && steps[0]?.type === 'ByteLevel' && steps[0].use_regex !== false && !steps[0].add_prefix_space) {
    return text => text.match(GPT2) ?? [];
  }
  const regex = steps[0]?.pattern?.Regex;
  if (steps.length !== 2 || steps[0].behavior !== 'Isolated' || regex === undefined || steps[1].type !== 'ByteLevel' || steps[1].use_regex) {
    throw new Error('this page cannot split text as the tokenizer of this model does; look at the model with nanogpt explore --model in place of --out');
  }
  const cut = pattern(regex);
  return text => {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(cut)) {
      if (match.index > end) {
        parts.push(text.slice(end, match.index));
      }
      end = match.index + match[0].length;
      parts.push(match[0]);
    }
    return [...parts, text.slice(end)].filter(part => part !== '');
  };
}
