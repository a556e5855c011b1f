using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace RfDetr.Serve.Tests;

/// <summary>Memory of the process, which other tests in it would disturb: these run alone, after them.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    [Fact]
    [Trait("Duration", "Long")]
    public async Task Reloads_leave_no_memory_behind()
    {
        const int reloads = 12;
        await using TestServer server = await TestServer.StartAsync();
        await ReloadAsync(server, reloads); // the allocator keeps what it has once needed
        long before = Resident();
        await ReloadAsync(server, reloads);
        long grown = Resident() - before,
        model = server.Server.Services.GetRequiredService<ModelRegistry>().Loaded().Single().Bytes;

        grown.ShouldBeLessThan(4 * model, $"{reloads} reloads may not leave a third of their models behind");
    }

    private static async Task ReloadAsync(TestServer server, int times)
    {
        for (int i = 0; i < times; i++)
            await server.PostJsonAsync("/model/reload", """{"model_id": "demo"}""");
    }

    private static long Resident()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
