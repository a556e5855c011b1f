namespace RfDetr.Tests.Optimizing;

/// <summary>A clock that moves only when somebody moves it.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(GetTimestamp());

    public void Advance(double ms) => Interlocked.Add(ref _ticks, TimeSpan.FromMilliseconds(ms).Ticks);
}
