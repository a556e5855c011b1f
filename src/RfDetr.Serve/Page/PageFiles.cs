using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using StandardHeaders = Microsoft.Net.Http.Headers.HeaderNames;

namespace RfDetr.Serve;

/// <summary>
/// The page to try a model: plain files within the assembly, served at <c>/</c> and below <c>/ui/</c>. Nothing in them is from
/// elsewhere, and the browser is told to load nothing from elsewhere.
/// </summary>
internal sealed class PageFiles
{
    // Styles that scripts set on elements are not inline styles, so that no exception is needed.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'";

    // Resources of the assembly: "page/NAME", see the project file.
    private const string Prefix = "page/";

    private static readonly Lazy<PageFiles> s_all = new(() => new PageFiles(typeof(PageFiles).Assembly));

    private readonly FrozenDictionary<string, PageFile> _files;

    private PageFiles(Assembly assembly) => _files = assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], name => PageFile.Read(assembly, name), StringComparer.Ordinal);

    /// <summary>Names of the files.</summary>
    public static IEnumerable<string> Names => s_all.Value._files.Keys;

    /// <summary>Adds the page's routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        PageFiles all = s_all.Value;
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context => all.SendAsync(context, "index.html"))
            .ExcludeFromDescription();
        routes.MapMethods(
            "/ui/{name}", [HttpMethods.Get, HttpMethods.Head],
            context => all.SendAsync(context, (string)context.Request.RouteValues["name"]!)).ExcludeFromDescription();
    }

    private async Task SendAsync(HttpContext context, string name)
    {
        HttpResponse answer = context.Response;
        if (!_files.TryGetValue(name, out PageFile? file))
        {
            answer.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // A browser asks each time and gets 304: after an update of the server no old script meets a new page.
        answer.Headers[StandardHeaders.CacheControl] = "no-cache";
        answer.Headers[StandardHeaders.ETag] = file.Tag;
        answer.Headers[StandardHeaders.XContentTypeOptions] = "nosniff";
        answer.Headers[StandardHeaders.ContentSecurityPolicy] = Policy;
        answer.Headers["Referrer-Policy"] = "no-referrer";
        answer.Headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()";
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            answer.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        answer.ContentType = file.Type;
        answer.ContentLength = file.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await answer.Body.WriteAsync(file.Bytes, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>One file with its media type and its tag, a digest of its bytes.</summary>
    private sealed record PageFile(ReadOnlyMemory<byte> Bytes, string Type, string Tag)
    {
        public static PageFile Read(Assembly assembly, string resource)
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return new(bytes, TypeOf(resource), $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"");
        }

        private static string TypeOf(string name) => Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".jpg" => "image/jpeg",
            string other => throw new InvalidOperationException($"the page's file '{name}' has no media type for '{other}'"),
        };
    }
}
