
namespace RfDetr.Tests.Drawing;

/// <summary>Every character is a full block, so its pixels are known.</summary>
internal sealed class BlockText : ILabelRenderer
{
    public List<string> Rendered { get; } = [];

    public GlyphBitmap Render(string text, int pixelHeight)
    {
        Rendered.Add(text);
        int width = text.Length * pixelHeight / 2;
        var alpha = new byte[width * pixelHeight];
        alpha.AsSpan().Fill(255);
        return new GlyphBitmap(width, pixelHeight, alpha);
    }
}
