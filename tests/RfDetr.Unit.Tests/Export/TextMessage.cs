using System.Globalization;

namespace RfDetr.Tests.Export;

/// <summary>
/// A message in Protocol Buffers' text format, read without its definition: fields with values that are numbers, words, strings
/// or messages. Lists in brackets repeat the field.
/// </summary>
internal sealed class TextMessage
{
    private readonly Dictionary<string, List<object>> _fields = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _fields.Keys;

    /// <exception cref="FormatException">The text is not of the format.</exception>
    public static TextMessage Parse(string text)
    {
        var reader = new Reader(text);
        TextMessage message = reader.Message(end: '\0');
        return message;
    }

    /// <summary>All values of a field: long, string (quoted), <see cref="Word"/> or <see cref="TextMessage"/>.</summary>
    public IReadOnlyList<object> All(string name) => _fields.TryGetValue(name, out List<object>? values) ? values : [];

    public T One<T>(string name) => All(name).ShouldHaveSingleItem($"field '{name}'").ShouldBeOfType<T>();

    /// <summary>A name that is a value: a member of an enumeration, or true or false.</summary>
    internal sealed record Word(string Name);

    private sealed class Reader(string text)
    {
        private int _at;

        public TextMessage Message(char end)
        {
            var message = new TextMessage();
            while (true)
            {
                Space();
                if (_at == text.Length ? end == '\0' : text[_at] == end)
                {
                    _at += end == '\0' ? 0 : 1;
                    return message;
                }

                string name = Name();
                Space();
                bool colon = Take(':');
                Space();
                List<object> values = message._fields.TryGetValue(name, out List<object>? there)
                    ? there
                    : message._fields[name] = [];
                if (Take('['))
                    values.AddRange(List(colon));
                else
                    values.Add(Value(colon));
                Space();
                _ = Take(';') || Take(',');
            }
        }

        private List<object> List(bool colon)
        {
            var values = new List<object>();
            Space();
            while (!Take(']'))
            {
                values.Add(Value(colon));
                Space();
                if (!Take(',') && Peek() != ']')
                    throw Wrong("',' or ']'");
                Space();
            }

            return values;
        }

        private object Value(bool colon)
        {
            if (Take('{'))
                return Message('}');
            if (!colon)
                throw Wrong("'{', as there is no ':'");
            char c = Peek();
            if (c is '"' or '\'')
                return Quoted();
            if (c == '-' || char.IsAsciiDigit(c))
                return Number();
            return new Word(Name());
        }

        private string Quoted()
        {
            char quote = text[_at++];
            int start = _at;
            while (Peek() != quote)
            {
                if (Peek() is '\\' or '\n')
                    throw Wrong("a string without escapes, on one line");
                _at++;
            }

            return text[start.._at++];
        }

        private object Number()
        {
            int start = _at++;
            while (char.IsAsciiDigit(Peek()))
                _at++;
            return long.Parse(text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        private string Name()
        {
            int start = _at;
            while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
                _at++;
            return _at > start ? text[start.._at] : throw Wrong("a name");
        }

        private void Space()
        {
            while (_at < text.Length && (char.IsWhiteSpace(text[_at]) || text[_at] == '#'))
            {
                if (text[_at] == '#')
                    _at = text.IndexOf('\n', _at) is >= 0 and var line ? line : text.Length;
                else
                    _at++;
            }
        }

        private char Peek() => _at < text.Length ? text[_at] : '\0';

        private bool Take(char c)
        {
            if (Peek() != c || _at == text.Length)
                return false;
            _at++;
            return true;
        }

        private FormatException Wrong(string expected) => new(
            string.Create(CultureInfo.InvariantCulture, $"at {_at} of the text: expected {expected}, found '{Peek()}'"));
    }
}
