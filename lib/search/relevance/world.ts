// Descriptions and queries in scripts other than plain Latin. Each line is a repository's description with queries for
// it. Every language has the same subjects, so that only its own descriptions answer a query.
/** `thing` is the repository's name. */
type Line = { language: string; thing: string; description: string; queries: string[] };

const line = (language: string, thing: string, description: string, ...queries: string[]): Line => ({
  language,
  thing,
  description,
  queries,
});

export const WORLD: Line[] = [
  line('fr', 'db', 'Base de données relationnelle avec réplication', 'base de donnees', 'réplication relationnelle'),
  line('fr', 'mail', 'Serveur de courriel sécurisé et léger', 'serveur courriel', 'securise leger'),
  line('de', 'db', 'Schlüsselwertspeicher für große Datenmengen', 'schlusselwertspeicher', 'grosse datenmengen'),
  line('de', 'watch', 'Überwachung verteilter Anwendungen', 'uberwachung', 'Überwachung anwendungen'),
  line('pl', 'queue', 'Kolejka wiadomości o wysokiej przepustowości', 'kolejka wiadomosci', 'przepustowość'),
  line('vi', 'web', 'Máy chủ web tốc độ cao', 'may chu web', 'tốc độ'),
  line('ru', 'db', 'Распределённая база данных временных рядов', 'распределенная база', 'временных рядов'),
  line('ru', 'mail', 'Почтовый сервер со встроенной защитой', 'почтовый сервер', 'защитой'),
  line('uk', 'watch', 'Моніторинг їхніх сервісів', 'моніторинг', 'іхніх сервісів'),
  line('el', 'search', 'Μηχανή αναζήτησης πλήρους κειμένου', 'μηχανη αναζητησης', 'ΚΕΙΜΈΝΟΥ'),
  line('el', 'web', 'Διακομιστής ιστού υψηλής απόδοσης', 'διακομιστης ιστου', 'απόδοσης'),
  line('zh', 'db', '云原生分布式关系型数据库', '数据库', '分布式', '关系型数据库'),
  line('zh', 'queue', '高吞吐量的消息队列服务', '消息队列', '吞吐量'),
  line('zh', 'watch', '微服务监控与告警平台', '监控', '告警平台'),
  line('ja', 'db', '高速な時系列データベースエンジン', 'データベース', '時系列'),
  line('ja', 'mail', '軽量なメールサーバーと迷惑メール対策', 'メールサーバー', '迷惑メール'),
  line('ja', 'watch', 'コンテナの監視とログ収集を行うツール', 'ログ収集', 'コンテナ 監視'),
  line('ko', 'db', '분산데이터베이스를 위한 백업 도구', '데이터베이스', '백업'),
  line('ko', 'queue', '빠르고 안정적인 메시지큐입니다', '메시지큐', '안정적'),
  line('th', 'db', 'ระบบฐานข้อมูลแบบกระจายสำหรับองค์กร', 'ฐานข้อมูล', 'องค์กร'),
  line('th', 'watch', 'เครื่องมือเฝ้าระวังเซิร์ฟเวอร์', 'เซิร์ฟเวอร์', 'เฝ้าระวัง'),
  line('ar', 'db', 'قاعدة بيانات سريعة وموزعة', 'قاعده بيانات', 'سريعة'),
  line('ar', 'web', 'خادم الويب عالي الأداء', 'خادم الويب', 'الاداء'),
  line('he', 'mail', 'שרת דואר מאובטח', 'שרת דואר', 'מאובטח'),
  line('hi', 'db', 'वितरित डेटाबेस प्रबंधन प्रणाली', 'डेटाबेस', 'प्रबंधन प्रणाली'),
  line('km', 'db', 'ប្រព័ន្ធគ្រប់គ្រងមូលដ្ឋានទិន្នន័យ', 'មូលដ្ឋានទិន្នន័យ', 'គ្រប់គ្រង'),
];
