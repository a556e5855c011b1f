using System.Diagnostics;

namespace RfDetr.Jobs.Tests;

/// <summary>A file system of a few kilobytes that runs full when a test says so.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    /// <summary>Mounts one; null where that may not be.</summary>
    public static SmallDisk? Find(int kilobytes)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var disk = new SmallDisk();
        Directory.CreateDirectory(disk.Path);
        if (Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", disk.Path) == 0)
            return disk;
        disk._folder.Dispose();
        return null;
    }

    /// <summary>Mounts one; a skip where that may not be.</summary>
    public static SmallDisk Of(int kilobytes)
    {
        SmallDisk? disk = Find(kilobytes);
        Skip.If(disk is null, "no file system may be mounted here");
        return disk!;
    }

    public string Path => _folder["disk"];

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Takes all of its room but so many kilobytes.</summary>
    public void Fill(int left = 0)
    {
        using FileStream fill = File.Create(Filler, bufferSize: 1);
        try
        {
            for (byte[] block = new byte[1024]; ;)
                fill.Write(block);
        }
        catch (IOException)
        {
            fill.SetLength(Math.Max(0, fill.Length - (left * 1024L)));
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        _ = Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
