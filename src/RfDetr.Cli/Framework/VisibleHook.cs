using Spectre.Console;
using Spectre.Console.Rendering;

namespace RfDetr.Cli.Framework;

/// <summary>
/// Visible text on a terminal, whose own control sequences must pass: only the texts of what is drawn are looked at.
/// </summary>
internal sealed class VisibleHook : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(r => new VisibleRenderable(r));

    private sealed class VisibleRenderable(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            foreach (Segment segment in inner.Render(options, maxWidth))
            {
                string text = segment.IsControlCode ? segment.Text : Visible.Of(segment.Text);
                yield return ReferenceEquals(text, segment.Text) ? segment : new Segment(text, segment.Style);
            }
        }
    }
}
