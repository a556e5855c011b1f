using System.Text.Json;
using System.Text.RegularExpressions;
using RfDetr.Tests.House;

namespace RfDetr.Serve.Tests.Deploy;

/// <summary>The rules of the image: building it takes minutes and tools that few machines have.</summary>
public sealed class ContainerfileTests
{
    private static readonly string[][] s_lines = Instructions();

    [Fact]
    public void There_is_no_base_and_nothing_from_the_network()
    {
        One("FROM").ShouldBe("scratch");
        s_lines.Select(l => l[0]).ShouldNotContain("ADD");
        s_lines.Select(l => l[0]).ShouldNotContain("RUN", "there is no shell that could run it");
    }

    [Fact]
    public void The_process_is_an_ordinary_user_and_ends_by_SIGTERM()
    {
        One("USER").ShouldBe("10001:10001");
        One("STOPSIGNAL").ShouldBe("SIGTERM");
        One("EXPOSE").ShouldBe("9001");
        One("ENV").ShouldContain("DOTNET_EnableDiagnostics=0");
    }

    [Fact]
    public void The_program_starts_without_a_shell_and_checks_itself()
    {
        string program = JsonSerializer.Deserialize<string[]>(One("ENTRYPOINT"))!.ShouldHaveSingleItem();
        Path.GetFileName(program).ShouldBe(ProgramName());
        Match check = Regex.Match(One("HEALTHCHECK"), @"CMD (\[.*\])$");
        string[] words = JsonSerializer.Deserialize<string[]>(check.Groups[1].Value)!;
        words[..2].ShouldBe([program, "--check"]);
        new Uri(words[2]).ShouldBe(new Uri($"http://127.0.0.1:{ServeOptions.DefaultPort}"));
        s_lines.ShouldNotContain(l => l[0] == "CMD", "whoever opens the port says so");
    }

    [Fact]
    public void The_script_lays_out_what_the_file_copies()
    {
        One("COPY").ShouldBe("root/ /");
        string script = File.ReadAllText(Path.Combine(Checkout.Root, "eng", "container.sh"));
        script.ShouldContain("rfdetr:x:10001:10001");
        script.ShouldContain("chmod 1777 \"$image/tmp\"");
        script.ShouldContain("project=RfDetr.Serve.Program program=rfdetr-serve file=deploy/Containerfile");
    }

    private static string One(string instruction) => s_lines.Where(l => l[0] == instruction).ShouldHaveSingleItem()[1];

    private static string ProgramName()
    {
        string project = File.ReadAllText(
            Path.Combine(Checkout.Root, "src", "RfDetr.Serve.Program", "RfDetr.Serve.Program.csproj"));
        return Regex.Match(project, "<AssemblyName>(.*)</AssemblyName>").Groups[1].Value;
    }

    private static string[][] Instructions()
    {
        string text = File.ReadAllText(Path.Combine(Checkout.Root, "deploy", "Containerfile"));
        text = Regex.Replace(text, "^#.*\n", "", RegexOptions.Multiline).Replace("\\\n", " ", StringComparison.Ordinal);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split(' ', 2))];
    }
}
