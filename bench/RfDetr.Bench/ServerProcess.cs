using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Bench;

/// <summary>A server of its own process on the loopback, with what the system and its metrics tell of it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ

    private readonly Process _process;
    private readonly HttpClient _client;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
    }

    public Uri Address => _client.BaseAddress!;

    public HttpClient Client => _client;

    /// <summary>Bytes of memory in use now.</summary>
    public long ResidentBytes => (long)((ProcFile.Number(ProcFile.Field($"/proc/{_process.Id}/status", "VmRSS")) ?? 0) * 1024);

    /// <summary>Processor time so far.</summary>
    public double ProcessorSeconds
    {
        get
        {
            // After the name in parentheses; user and system time are the 14th and 15th field of the whole line.
            string line = ProcFile.Lines($"/proc/{_process.Id}/stat").First();
            string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>Starts the program and waits until it listens.</summary>
    /// <param name="program">The file rfdetr-serve.dll, or the program itself.</param>
    /// <param name="arguments">Its arguments beside the port.</param>
    public static ServerProcess Start(string program, params string[] arguments)
    {
        bool managed = program.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(managed ? "dotnet" : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] all = [.. managed ? (string[])[program] : [], "--port", "0", .. arguments];
        foreach (string argument in all)
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        var address = new TaskCompletionSource<Uri>();
        var said = new List<string>();
        void Read(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is not { } line)
                return;
            lock (said)
            {
                if (said.Count < 100)
                    said.Add(line);
            }

            int at = line.IndexOf("listening on ", StringComparison.Ordinal);
            if (at >= 0)
                address.TrySetResult(new Uri(line[(at + "listening on ".Length)..].Trim()));
        }

        process.OutputDataReceived += Read;
        process.ErrorDataReceived += Read;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => address.TrySetException(new IOException("the server ended: " + string.Join("; ", said)));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(process, address.Task.WaitAsync(TimeSpan.FromMinutes(5)).GetAwaiter().GetResult());
    }

    /// <summary>Sums of the metrics of a name, over all labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        double sum = 0;
        foreach (string line in (await _client.GetStringAsync("/metrics")).Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line[name.Length..] is [' ' or '{', ..] rest)
                sum += Number((rest[0] == '{' ? rest[(rest.LastIndexOf('}') + 1)..] : rest).Trim().Split(' ')[0]);
        }

        return sum;
    }

    public void Dispose()
    {
        _client.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
